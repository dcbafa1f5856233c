// Work of which only the newest counts: to begin anew cancels what was under way.

/** Begins work, and cancels what this began before. The promise never rejects: `onError` is told, unless the work was cancelled. */
export interface Latest {
  (work: (signal: AbortSignal) => Promise<void>): Promise<void>;
  /** Cancels what is under way. */
  cancel(): void;
}

/** A line of work with room for one. */
export const latest = (onError: (reason: unknown) => void): Latest => {
  let controller = new AbortController();
  const begin = async (work: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    controller.abort();
    const own = new AbortController();
    controller = own;
    try {
      await work(own.signal);
    } catch (reason) {
      if (!own.signal.aborted) onError(reason);
    }
  };
  return Object.assign(begin, { cancel: () => controller.abort() });
};
