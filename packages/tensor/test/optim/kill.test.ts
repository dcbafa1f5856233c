// A training that is killed at any moment and started again ends with the weights of one that was never interrupted, bit by bit.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../src/io/index.ts';
import { random } from '../../src/random.ts';
import { killable } from './killable.ts';

const script = (): string => {
  const file = path.resolve(import.meta.dirname, 'killableProcess.ts');
  const vitest = import.meta.resolve('vitest/node');
  return `const { createViteServer } = await import(${JSON.stringify(vitest)});
    const server = await createViteServer({ configFile: false, logLevel: 'silent', oxc: { target: 'node20' }, server: { middlewareMode: true, ws: false, watch: null }, optimizeDeps: { noDiscovery: true } });
    await server.ssrLoadModule(${JSON.stringify(file)});
    await server.close();`;
};

/** Starts the training and kills it `delay` milliseconds after it has said as many lines; resolves with what it said. */
const run = (folder: string, kill: { readonly lines: number; readonly delay: number }): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script()], {
      env: { ...process.env, HEED_RUN: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    let failed = '';
    let killing = false;
    child.stderr.on('data', (text) => {
      failed += text;
    });
    child.stdout.on('data', (text) => {
      said += text;
      if (killing || said.split('\n').length <= kill.lines) return;
      killing = true;
      setTimeout(() => child.kill('SIGKILL'), kill.delay);
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 || killing ? resolve(said.split('\n')) : reject(new Error(`the training failed: ${failed}`)),
    );
  });

describe('a training in a process that is killed', () => {
  it('ends with the bits of an uninterrupted one, wherever it was killed, while it saved a checkpoint too', async () => {
    const { weights, events } = killable(undefined, { every: 1 });
    for await (const event of events) if (event.kind === 'step') expect(event.loss).toBeGreaterThan(0);
    const folder = await mkdtemp(path.join(tmpdir(), 'heed-killed-'));
    try {
      const source = random(Number(process.env.HEED_SEED || 11));
      let said: string[] = [];
      const resumes: string[] = [];
      for (let kills = 0; kills < 3; kills++) {
        said = await run(folder, { lines: 1 + source.integer(30), delay: source.integer(12) });
        resumes.push(said[0] ?? '');
        expect(said).not.toContain('done');
      }
      said = await run(folder, { lines: Infinity, delay: 0 });
      resumes.push(said[0] ?? '');
      expect(resumes.map((line) => line.split(' ')[0])).toEqual(['step', 'resume', 'resume', 'resume']);
      expect(said).toContain('done');
      const saved = await Promise.all(
        (await readdir(folder))
          .filter((file) => file.endsWith('.safetensors'))
          .map(async (file) => readSafetensors(await readFile(path.join(folder, file)))),
      );
      const last = saved.find((tensors) => tensors.get('optimizer.steps')?.data[0] === 60);
      for (const [name, weight] of weights)
        expect(new Uint8Array(Float32Array.from(last?.get(`model.${name}`)?.data ?? []).buffer)).toEqual(
          new Uint8Array(weight.data.slice().buffer),
        );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 240_000); // five processes, slow where others use the processors
});
