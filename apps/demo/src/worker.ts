// The one Worker: engine, model and trainer live here; the page only draws. One handler a call; messages wait while a product runs. What only one
// page asks for is fetched when it is first asked for.

import { currentBackend, useBackend, wasmBackend } from '@heed/tensor';
import { scalingDepths, scalingWays } from './experiments/scalingOptions.ts';
import type { Trainer } from './experiments/trainer.ts';
import type { LearningPair } from './model/learningPair.ts';
import { nextTurn } from './model/nextTurn.ts';
import { openModel } from './model/openModel.ts';
import { readHead } from './model/readHead.ts';
import { type LoadedModel, readSentences } from './model/readSentences.ts';
import type { TokenizerBench } from './model/tokenizerBench.ts';
import type { CallName, Calls, EngineInfo, Reply, Request } from './protocol.ts';

/** What a handler is given beside its input. */
interface Context<Name extends CallName> {
  readonly signal: AbortSignal;
  tell(event: Calls[Name]['event']): void;
}

type Handlers = {
  readonly [Name in CallName]: (
    input: Calls[Name]['input'],
    context: Context<Name>,
  ) => Promise<Calls[Name]['result']> | Calls[Name]['result'];
};

/** Half the cores, four at most: threads spin while they wait, and the page needs a core to draw. */
const threads = globalThis.crossOriginIsolated
  ? Math.max(1, Math.min(4, Math.floor(navigator.hardwareConcurrency / 2)))
  : 1;

const startEngine = async (): Promise<EngineInfo> => {
  try {
    useBackend(await wasmBackend({ threads })); // for the Worker's whole life
  } catch {
    // No WebAssembly SIMD: the default backend, plain TypeScript, is right and slow, and the page says so.
  }
  const { simd, threads: used } = currentBackend().describe();
  return { simd, threads: used, isolated: globalThis.crossOriginIsolated };
};

const engine = startEngine();
let model: LoadedModel | undefined;
let trainer: Trainer | undefined;
let learners: LearningPair | undefined;
let tokenizers: Promise<TokenizerBench> | undefined;

/** The tokenizer workbench: its trainers are fetched when they are first asked for. */
const bench = (): Promise<TokenizerBench> => {
  tokenizers ??= import('./model/tokenizerBench.ts').then(({ tokenizerBench }) => tokenizerBench());
  return tokenizers;
};

const currentTrainer = (): Trainer => {
  if (trainer === undefined) throw new Error('train: no model yet; call trainer first.');
  return trainer;
};

const handlers: Handlers = {
  engine: () => engine,
  async open(source, { signal, tell }) {
    await engine;
    const opened = await openModel(source, {
      signal,
      tell,
      onTokenizer(tokenizer, maxTokens) {
        if (model?.extract !== undefined) return; // the model before goes on until the new one can answer
        model = { tokenizer, maxTokens, extract: undefined };
        tell({ kind: 'tokenizer' });
      },
    });
    model = opened.model;
    return opened.info;
  },
  read(input) {
    if (model === undefined) throw new Error('read: no tokenizer yet; wait for the event of open.');
    return readSentences(model, input);
  },
  head(input) {
    if (model === undefined) throw new Error('head: no model yet; wait for the result of open.');
    return readHead(model, input);
  },
  async trainer(options) {
    await engine;
    const { newTrainer } = await import('./experiments/trainer.ts');
    trainer = newTrainer(options);
    return { parameters: trainer.parameters, examination: trainer.examine() };
  },
  async train(_input, { signal, tell }) {
    const { trainUntil } = await import('./model/trainUntil.ts');
    return trainUntil(currentTrainer(), { signal, tell });
  },
  learningRate(rate) {
    currentTrainer().setLearningRate(rate);
    return undefined;
  },
  async probe() {
    const { tasks } = await import('./experiments/tasks.ts');
    return currentTrainer().look(tasks[currentTrainer().options.task].probe);
  },
  async write(source, { signal, tell }) {
    for await (const written of currentTrainer().write(source, signal)) tell(written);
    return undefined;
  },
  async learner(options) {
    await engine;
    const { learningPair } = await import('./model/learningPair.ts');
    learners = learningPair(options);
    return learners.info();
  },
  learn({ steps }, context) {
    if (learners === undefined) throw new Error('learn: no net yet; call learner first.');
    return learners.learn(steps, context);
  },
  async differentiate({ expression, values }) {
    await engine;
    const [{ backwardGraph }, { expressions }] = await Promise.all([
      import('./experiments/backwardGraph.ts'),
      import('./experiments/expressions.ts'),
    ]);
    return backwardGraph(expressions[expression], values);
  },
  async norms(cases, context) {
    await engine;
    const { runNorms } = await import('./model/runNorms.ts');
    return runNorms(cases, context);
  },
  async company(seed) {
    await engine;
    const { normCompany } = await import('./experiments/normCompany.ts');
    return normCompany(seed);
  },
  async depth({ laws, options }, { signal, tell }) {
    await engine;
    const { depthCurve } = await import('./experiments/depthCurves.ts');
    for (const law of laws) {
      await nextTurn(); // newer options may have come meanwhile
      if (signal.aborted) break;
      tell(depthCurve(law, options));
    }
    return undefined;
  },
  async maskTime(input, context) {
    await engine;
    const { timeMask } = await import('./model/timeMask.ts');
    return timeMask(input, context);
  },
  async embedding() {
    await engine;
    const { embeddingVariance } = await import('./experiments/depthCurves.ts');
    return embeddingVariance(4000, 64); // the formula's ratio does not need 37 000 words
  },
  async decodeTime(input, context) {
    await engine;
    const { timeDecode } = await import('./model/timeDecode.ts');
    return timeDecode(input, context);
  },
  async convertHeads(input, context) {
    if (model === undefined) throw new Error('convertHeads: no tokenizer yet; wait for the event of open.');
    const { convertHeads } = await import('./model/convertHeads.ts');
    return convertHeads(model, input, context);
  },
  async positions(options) {
    await engine;
    const { positionView } = await import('./experiments/positionView.ts');
    return positionView(options);
  },
  async flashTiles(options) {
    await engine;
    const { flashTiles } = await import('./experiments/flashTiles.ts');
    return flashTiles(options);
  },
  tokenizer: async (input, context) => (await bench()).tokenizer(input, context),
  stages: async (input, context) => (await bench()).stages(input, context),
  tokenizerJson: async (input, context) => (await bench()).tokenizerJson(input, context),
  learnMerges: async (input, context) => (await bench()).learnMerges(input, context),
  segment: async (input, context) => (await bench()).segment(input, context),
  granularity: async (input, context) => (await bench()).granularity(input, context),
  async scaling(options, { signal, tell }) {
    await engine;
    const { scalingPoint } = await import('./experiments/scaling.ts');
    for (const depth of scalingDepths)
      for (const way of scalingWays) {
        await nextTurn();
        if (signal.aborted) return undefined;
        tell(scalingPoint(way, depth, options));
      }
    return undefined;
  },
  async scalingViews({ depth, options }) {
    await engine;
    const { scalingView } = await import('./experiments/scaling.ts');
    return scalingWays.map((way) => scalingView(way, depth, options));
  },
};

const running = new Map<number, AbortController>();

const reply = (message: Reply): void => globalThis.postMessage(message);

const answer = async <Name extends CallName>(
  id: number,
  call: Name,
  input: Calls[Name]['input'],
): Promise<void> => {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const result = await handlers[call](input, {
      signal: controller.signal,
      tell: (event) => reply({ id, event }),
    });
    reply({ id, result });
  } catch (reason) {
    const { name, message } = reason instanceof Error ? reason : new Error(String(reason));
    reply({ id, error: { name, message } });
  } finally {
    running.delete(id);
  }
};

globalThis.addEventListener('message', ({ data }: MessageEvent<Request>) => {
  if ('cancel' in data) running.get(data.id)?.abort();
  else void answer(data.id, data.call, data.input);
});
