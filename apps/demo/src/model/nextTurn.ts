// A pause between slices of long work, in which the Worker handles its other messages: cancellations first of all.

/** Resolves when the messages that wait have been handled. */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
