// What goes wrong with an engine as a whole: its memory is used up, or it was disposed. Bad arguments are caught by the ops above.

/** Bytes that an engine can address, nearly 4 GiB: addresses have 32 bits, and the last page is left free so that every end is an address too. */
export const mostMemory: number = 2 ** 32 - 2 ** 16;

/** The engine needs more memory than its limit allows. */
export class EngineMemoryError extends Error {
  override readonly name = 'EngineMemoryError';
  /** Bytes that were asked for. */
  readonly needed: number;
  /** The limit, in bytes. */
  readonly limit: number;

  constructor(needed: number, limit: number) {
    const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
    const larger =
      limit < mostMemory
        ? 'Pass a larger memoryLimit to wasmBackend (at most 4 GiB), process'
        : 'That is the most that an engine can address. Process';
    super(
      `wasm engine: ${mebibytes(needed)} more were needed than fit under its memoryLimit of ${mebibytes(limit)}. ` +
        `${larger} fewer rows at a time, put region(…) around each layer (recompute(…) in training), or store the weights in 8 bits (quantize).`,
    );
    this.needed = needed;
    this.limit = limit;
  }
}

/** A disposed engine was used. */
export class DisposedError extends Error {
  override readonly name = 'DisposedError';

  constructor(what: string) {
    super(
      `${what} was used after it had been disposed. Make a new one, or dispose later: "using" disposes at the end of its block.`,
    );
  }
}
