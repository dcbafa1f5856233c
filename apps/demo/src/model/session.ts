// The page's one Worker and the model in it: what has been loaded, how far the loading is, what went wrong. Starts with the page.

import { createSignal } from 'solid-js';
import type { EngineInfo, ModelFile, ModelInfo, ModelSource } from '../protocol.ts';
import { type WorkerClient, workerClient } from '../workerClient.ts';

/** How far the model is. */
export type ModelState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'loading'; readonly loaded: number; readonly total: number; readonly cached: boolean }
  | { readonly kind: 'ready'; readonly info: ModelInfo; readonly own: boolean }
  | { readonly kind: 'failed'; readonly message: string };

/** The Worker that all pages call. */
export const client: WorkerClient = workerClient(
  new Worker(new URL('../worker.ts', import.meta.url), { type: 'module' }),
);

/** The model that comes with the page. */
const builtIn = (): ModelSource => ({
  kind: 'address',
  url: new URL('weights/use-lite/', document.baseURI).href,
});

const [state, setState] = createSignal<ModelState>({ kind: 'starting' });
const [revision, setRevision] = createSignal(0);
const [engine, setEngine] = createSignal<EngineInfo>();
let controller = new AbortController();

/** How far the model is. */
export const modelState: () => ModelState = state;
/** Grows whenever sentences may be read anew: a tokenizer is there, weights are there, another model is there. */
export const modelRevision: () => number = revision;
/** What computes; undefined until it has started. */
export const engineInfo: () => EngineInfo | undefined = engine;

const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

const open = async (source: ModelSource): Promise<void> => {
  controller.abort();
  controller = new AbortController();
  const { signal } = controller;
  setState({ kind: 'starting' });
  try {
    const info = await client('open', source, {
      signal,
      onEvent(event) {
        if (event.kind === 'tokenizer') setRevision((count) => count + 1);
        else setState({ kind: 'loading', loaded: event.loaded, total: event.total, cached: event.cached });
      },
    });
    setState({ kind: 'ready', info, own: source.kind === 'files' });
    setRevision((count) => count + 1);
  } catch (reason) {
    if (!signal.aborted) setState({ kind: 'failed', message: messageOf(reason) });
  }
};

/** Loads the model that comes with the page. */
export const openBuiltIn = (): void => void open(builtIn());

/** Loads the reader's own folder. */
export const openFiles = (name: string, files: readonly ModelFile[]): void =>
  void open({ kind: 'files', name, files });

/** Stops the loading. */
export const cancelOpening = (message: string): void => {
  controller.abort();
  setState({ kind: 'failed', message });
};

/** Starts the engine and the built-in model. */
export const startSession = async (): Promise<void> => {
  openBuiltIn();
  try {
    setEngine(await client('engine', undefined));
  } catch (reason) {
    setState({ kind: 'failed', message: messageOf(reason) });
  }
};
