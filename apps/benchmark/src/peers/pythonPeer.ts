// A program in Python as a peer: a process that reads arrays and then answers words of one letter. Never needed and never installed by us.

import { spawn } from 'node:child_process';

/** A running program. */
export interface PythonPeer {
  /** Writes a word, waits for an answer of so many bytes. Throws what Python said last if it has ended. */
  ask(word: string, bytes: number): Promise<Uint8Array<ArrayBuffer>>;
  end(): void;
}

/** An array that is sent before the first word, as its bytes. */
export type Sent = Float32Array | Int32Array;

/** Starts a program, gives it numbers as arguments and arrays on its standard input. */
export const pythonPeer = (
  python: string,
  program: string,
  { numbers, arrays }: { readonly numbers: readonly number[]; readonly arrays: readonly Sent[] },
): PythonPeer => {
  const child = spawn(python, ['-c', program, ...numbers.map(String)]);
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said += text.toString();
  });
  const ended = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`${python}: ${said.trim().split('\n').at(-1) ?? 'ended'}`)));
  });
  ended.catch(() => undefined); // told by whoever waits
  child.stdin.on('error', () => undefined); // its end is told by `ended`
  const received: Buffer[] = [];
  let wake = (): void => undefined;
  child.stdout.on('data', (part: Buffer) => {
    received.push(part);
    wake();
  });
  for (const { buffer, byteOffset, byteLength } of arrays)
    child.stdin.write(new Uint8Array(buffer, byteOffset, byteLength));
  return {
    ask: async (word, bytes) => {
      child.stdin.write(word);
      while (received.reduce((sum, part) => sum + part.length, 0) < bytes)
        await Promise.race([
          ended,
          new Promise<void>((resolve) => {
            wake = resolve;
          }),
        ]);
      return Uint8Array.from(Buffer.concat(received.splice(0)));
    },
    end: () => {
      child.stdin.end();
    },
  };
};
