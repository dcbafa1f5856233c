// The page's one Worker and the model in it: what has been loaded, how far the loading is, what went wrong. Starts with the page.

import { batch, createSignal } from 'solid-js';
import type { EngineInfo, ModelFile, ModelInfo, ModelSource } from '../protocol.ts';
import { type WorkerClient, workerClient } from '../workerClient.ts';
import { messageOf } from './messageOf.ts';

/** What is going on with models. */
export type Opening =
  | { readonly kind: 'none' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'loading'; readonly loaded: number; readonly total: number; readonly cached: boolean }
  | { readonly kind: 'failed'; readonly message: string };

/** The model that answers. */
export interface CurrentModel extends ModelInfo {
  /** Whether it is the reader's own. */
  readonly own: boolean;
}

/** The Worker that all pages call. */
export const client: WorkerClient = workerClient(
  new Worker(new URL('../worker.ts', import.meta.url), { type: 'module' }),
);

/** The model that comes with the page. */
const builtIn = (): ModelSource => ({
  kind: 'address',
  url: new URL('weights/use-lite/', document.baseURI).href,
});

const [opening, setOpening] = createSignal<Opening>({ kind: 'starting' });
const [model, setModel] = createSignal<CurrentModel>();
const [revision, setRevision] = createSignal(0);
const [engine, setEngine] = createSignal<EngineInfo>();
let controller = new AbortController();

/** What is going on: a model is being opened, or the last attempt failed. */
export const modelOpening: () => Opening = opening;
/** The model that answers; one that is being opened takes its place only when it is ready. */
export const currentModel: () => CurrentModel | undefined = model;
/** Grows whenever sentences may be read anew: a tokenizer is there, weights are there, another model is there. */
export const modelRevision: () => number = revision;
/** What computes; undefined until it has started. */
export const engineInfo: () => EngineInfo | undefined = engine;

const open = async (source: ModelSource): Promise<void> => {
  controller.abort();
  controller = new AbortController();
  const { signal } = controller;
  setOpening({ kind: 'starting' });
  try {
    const info = await client('open', source, {
      signal,
      onEvent(event) {
        if (event.kind === 'tokenizer') setRevision((count) => count + 1);
        else setOpening({ kind: 'loading', loaded: event.loaded, total: event.total, cached: event.cached });
      },
    });
    batch(() => {
      setModel({ ...info, own: source.kind === 'files' });
      setOpening({ kind: 'none' });
      setRevision((count) => count + 1);
    });
  } catch (reason) {
    if (!signal.aborted) setOpening({ kind: 'failed', message: messageOf(reason) });
  }
};

/** Loads the model that comes with the page. */
export const openBuiltIn = (): void => void open(builtIn());

/** Loads the reader's own folder. */
export const openFiles = (name: string, files: readonly ModelFile[]): void =>
  void open({ kind: 'files', name, files });

/** Stops the loading, or puts its error away; without a model the message says what happened. */
export const cancelOpening = (message: string): void => {
  controller.abort();
  setOpening(model() === undefined ? { kind: 'failed', message } : { kind: 'none' });
};

/** Starts the engine and the built-in model. */
export const startSession = async (): Promise<void> => {
  openBuiltIn();
  try {
    setEngine(await client('engine', undefined));
  } catch (reason) {
    setOpening({ kind: 'failed', message: messageOf(reason) });
  }
};
