// The page's side of the Worker: a call gives a promise; an AbortSignal cancels it; events arrive on the way. Starts no Worker by itself.

import type { CallName, Calls, Reply, Request } from './protocol.ts';

/** How to make one call. */
export interface CallOptions<Name extends CallName> {
  readonly onEvent?: (event: Calls[Name]['event']) => void;
  readonly signal?: AbortSignal;
}

/** Calls the Worker. */
export type WorkerClient = <Name extends CallName>(
  call: Name,
  input: Calls[Name]['input'],
  options?: CallOptions<Name>,
) => Promise<Calls[Name]['result']>;

interface Pending {
  resolve(result: unknown): void;
  reject(reason: unknown): void;
  onEvent(event: unknown): void;
}

/** An error that the Worker reported, with the name of its class there. */
export class WorkerError extends Error {
  constructor({ name, message }: { readonly name: string; readonly message: string }) {
    super(message);
    this.name = name;
  }
}

/** A client of a running Worker. */
export const workerClient = (worker: Worker): WorkerClient => {
  const pending = new Map<number, Pending>();
  let last = 0;
  worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
    const call = pending.get(data.id);
    if (call === undefined) return; // cancelled
    if ('event' in data) return call.onEvent(data.event);
    pending.delete(data.id);
    if ('error' in data) call.reject(new WorkerError(data.error));
    else call.resolve(data.result);
  });
  worker.addEventListener('error', ({ message }) => {
    for (const call of pending.values()) call.reject(new WorkerError({ name: 'Error', message }));
    pending.clear();
  });
  return (call, input, { onEvent, signal } = {}) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const id = ++last;
      pending.set(id, {
        resolve: resolve as (result: unknown) => void, // the Worker answers call by call, by the table of `Calls`
        reject,
        onEvent: (event) => onEvent?.(event as Calls[typeof call]['event']),
      });
      signal?.addEventListener('abort', () => {
        if (!pending.delete(id)) return;
        worker.postMessage({ id, cancel: true } satisfies Request);
        reject(signal.reason);
      });
      worker.postMessage({ id, call, input } as Request);
    });
};
