// Starts the Worker that runs the cases, and shows what it found: for browser.test.ts.
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
worker.onmessage = ({ data }: MessageEvent<unknown>) => {
  document.body.textContent = JSON.stringify(data);
};
worker.onerror = ({ message }) => {
  document.body.textContent = JSON.stringify({ error: message });
};
