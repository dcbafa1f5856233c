// Where texts come from: anything that can be walked over, and files of a folder.
import { TokenizerError } from '../tokenizerError.ts';

/** Texts to learn from. Each is worked on by itself, and none is kept. */
export type Corpus = Iterable<string> | AsyncIterable<string>;

/** What a folder must be able to do for its files to be read as texts; the folders of `@heed/tensor/io` are such. */
export interface TextFolder {
  /** A part of a file: its bytes from `begin` to before `end`, or the whole file. */
  read(
    file: string,
    options?: { ranges?: readonly (readonly [begin: number, end: number])[]; signal?: AbortSignal },
  ): Promise<Uint8Array>;
  /** Bytes of a file, where the folder says so without reading it; such files are read part by part. */
  size?(file: string): Promise<number | undefined>;
}

// Bytes read at once where the folder knows sizes.
const part = 2 ** 20;

/**
 * The lines of files in UTF-8, each with its line end, as the original gives them to its trainers; a byte order mark is left
 * out. Files whose size the folder knows are read 1 MB at a time, others whole.
 *
 * @example trainWordPiece(textFiles(folder, ['train.txt']), { vocabularySize: 8000 })
 */
export async function* textFiles(
  folder: TextFolder,
  files: Iterable<string>,
  options: { signal?: AbortSignal } = {},
): AsyncGenerator<string> {
  for (const file of files) {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    // The parts of a line that is not over yet: joined once, so that a long line takes no more than its own time.
    let line: string[] = [];
    for await (const bytes of partsOf(folder, file, options)) {
      const lines = decoded(decoder, { bytes, file }).split(/(?<=\n)/);
      for (const text of lines) {
        line.push(text);
        if (!text.endsWith('\n')) continue;
        yield line.join('');
        line = [];
      }
    }
    line.push(decoded(decoder, { bytes: undefined, file }));
    const last = line.join('');
    if (last !== '') yield last;
  }
}

async function* partsOf(
  folder: TextFolder,
  file: string,
  options: { signal?: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const size = await folder.size?.(file);
  if (size === undefined) {
    yield await folder.read(file, options);
    return;
  }
  for (let begin = 0; begin < size; begin += part)
    yield await folder.read(file, { ...options, ranges: [[begin, Math.min(size, begin + part)]] });
}

function decoded(
  decoder: TextDecoder,
  { bytes, file }: { bytes: Uint8Array | undefined; file: string },
): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    throw new TokenizerError(
      `textFiles: ${file}`,
      'bytes that are not UTF-8 were given; expected text in UTF-8. Convert the file, or name another one.',
    );
  }
}
