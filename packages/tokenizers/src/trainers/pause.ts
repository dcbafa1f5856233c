// Long computations let others have their turn.

/** Waits until the events that are due (an abort, a click) have been dealt with. @example await pause(); */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve);
  });
}
