import { describe, expect, it } from 'vitest';
import { readFiles, relativePaths } from '../../src/model/readFiles.ts';

const file = (path: string, text: string): { path: string; file: File } => ({
  path,
  file: new File([text], path.split('/').at(-1) ?? path),
});

describe('relativePaths', () => {
  it('leaves out the folders that all share, and only those', () => {
    expect(relativePaths(['a/b/config.json', 'a/b/1_Pooling/config.json'])).toEqual([
      'config.json',
      '1_Pooling/config.json',
    ]);
    expect(relativePaths(['config.json'])).toEqual(['config.json']);
    expect(relativePaths(['a/x.json', 'b/x.json'])).toEqual(['a/x.json', 'b/x.json']);
    expect(relativePaths([])).toEqual([]);
  });
});

describe('readFiles', () => {
  it('reads what models are made of, leaves out the rest, and tells the progress of all of it', async () => {
    const told: [number, number][] = [];
    const files = await readFiles(
      [file('m/config.json', '{}'), file('m/README.md', 'text'), file('m/model.safetensors', 'weights')],
      {
        signal: new AbortController().signal,
        tell: (event) => event.kind === 'progress' && told.push([event.loaded, event.total]),
      },
    );
    expect([...files.keys()]).toEqual(['config.json', 'model.safetensors']);
    expect(new TextDecoder().decode(files.get('model.safetensors'))).toBe('weights');
    expect(told.at(-1)).toEqual([9, 9]);
  });
  it('stops when it is told to', async () => {
    await expect(
      readFiles([file('m/config.json', '{}')], { signal: AbortSignal.abort(), tell: () => {} }),
    ).rejects.toThrow(/abort/i);
  });
});
