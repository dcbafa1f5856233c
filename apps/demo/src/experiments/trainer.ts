// The small transformer and its training: a step, an examination, a look at the cross-attention, a sentence written character by
// character. It knows nothing of pages and workers, and keeps no time.

import {
  generate,
  generateAll,
  idBatch,
  ignoredLabel,
  Transformer,
  teacherForcing,
} from '@heed/models-seq2seq';
import { backward, crossEntropy, noGrad, random, type Tensor, trainingStep } from '@heed/tensor';
import { countParameters, initialize, parameters } from '@heed/tensor/nn';
import { adamW, clipGradients, cosineDecay, gradientNorm, type Schedule, warmup } from '@heed/tensor/optim';
import { characterOf, type Example, end, idsOf, start, type Task, vocabularySize } from './task.ts';
import { tasks } from './tasks.ts';

/** What is trained, and how. */
export interface TrainerOptions {
  readonly task: Task['name'];
  /** Width of a token's vector; a multiple of twice the heads. */
  readonly width: number;
  readonly heads: number;
  /** Layers of the encoder, and as many of the decoder. */
  readonly layers: number;
  /** Examples a step. */
  readonly batch: number;
  /** Peak of AdamW's learning rate, reached after the warm-up. */
  readonly learningRate: number;
  readonly seed: number;
}

/** One step of training. */
export interface StepReport {
  /** Steps taken, this one included. */
  readonly step: number;
  /** Mean cross-entropy a character, nats. */
  readonly loss: number;
  readonly learningRate: number;
  /** Before clipping at 1. */
  readonly gradientNorm: number;
  /** Characters that the step learnt from, ends included. */
  readonly tokens: number;
}

/** How the model does on examples that it has never been trained on. */
export interface Examination {
  readonly examples: number;
  /** Share of answers that are right in every character, 0 … 1. */
  readonly exact: number;
  /** The first few, for the eye. */
  readonly sample: readonly (Example & { readonly written: string })[];
}

/** Where the decoder looks while it writes a given answer. */
export interface CrossAttention {
  readonly source: string;
  /** What the decoder is asked for, one character a row; the last row is the end. */
  readonly target: string;
  /** layers of [heads, target + 1, source]. */
  readonly maps: readonly Float32Array[];
}

/** One character written by greedy decoding. */
export interface WrittenCharacter {
  /** Empty at the end. */
  readonly character: string;
  /** layers of [heads, source]. */
  readonly maps: readonly Float32Array[];
  readonly done: boolean;
}

/** Steps over which the learning rate rises. */
const warmupSteps = 60;
/** Steps over which the learning rate falls along half a cosine, and the share of it that stays: at a constant rate the last errors never go away. */
const decaySteps = 800;
const lastShare = 0.05;
/** Examples that are kept for examination. */
const heldOutExamples = 200;
/** Characters that an answer may run over its longest before it is stopped. */
const slack = 2;

/** A model in training. */
export interface Trainer {
  readonly options: TrainerOptions;
  readonly parameters: number;
  /** Takes effect with the next step. */
  setLearningRate(rate: number): void;
  step(): StepReport;
  examine(): Examination;
  look(source: string): CrossAttention;
  write(source: string, signal?: AbortSignal): AsyncGenerator<WrittenCharacter>;
}

const drawHeldOut = (task: Task, seed: number): Map<string, Example> => {
  const source = random(seed);
  const heldOut = new Map<string, Example>();
  while (heldOut.size < heldOutExamples) {
    const example = task.draw(source);
    heldOut.set(example.source, example);
  }
  return heldOut;
};

/** Collects `decoder.i.crossAttention.weights` of a pass. */
const crossAttentionObserver = (
  layers: number,
): { readonly maps: Float32Array[]; observe(name: string, value: Tensor): void } => {
  const maps = Array.from({ length: layers }, () => new Float32Array(0));
  return {
    maps,
    observe(name, value) {
      const layer = /^decoder\.(\d+)\.crossAttention\.weights$/.exec(name)?.[1];
      if (layer !== undefined) maps[Number(layer)] = value.data.slice();
    },
  };
};

const modelOf = (task: Task, { width, heads, layers, seed }: TrainerOptions): Transformer =>
  initialize(
    new Transformer({
      sourceVocabulary: vocabularySize(task),
      innerWidth: 4 * width,
      encoderLayers: layers,
      decoderLayers: layers,
      dropout: 0,
      ...{ width, heads },
    }),
    random(seed),
  );

/**
 * A trainer with a fresh model. The same options give the same training.
 *
 * @example
 * const trainer = newTrainer({ task: 'reverse', width: 64, heads: 4, layers: 1, batch: 32, learningRate: 3e-3, seed: 1 });
 * trainer.step().loss; // about 3.4 = ln 29
 */
export const newTrainer = (options: TrainerOptions): Trainer => {
  const task = tasks[options.task];
  const model = modelOf(task, options);
  let rate = options.learningRate;
  const shape = warmup(warmupSteps, cosineDecay(1, decaySteps, lastShare));
  const schedule: Schedule = (step) => rate * shape(step);
  // Vaswani 2017, §5.3: β₂ = 0.98.
  const optimizer = adamW(parameters(model), { learningRate: schedule, betas: [0.9, 0.98], weightDecay: 0 });
  const examples = random(options.seed + 1);
  const heldOut = drawHeldOut(task, options.seed + 2);
  const batch = (): Example[] => {
    const drawn: Example[] = [];
    while (drawn.length < options.batch) {
      const example = task.draw(examples);
      if (!heldOut.has(example.source)) drawn.push(example);
    }
    return drawn;
  };
  const special = { start, end, maxLength: task.longest + slack };
  const textOf = (ids: readonly number[]): string => ids.map((id) => characterOf(task, id)).join('');
  return {
    options,
    parameters: countParameters(model),
    setLearningRate(next) {
      rate = next;
    },
    step() {
      const drawn = batch();
      const source = idBatch(drawn.map((example) => idsOf(task, example.source)));
      const { input, labels } = teacherForcing(
        drawn.map((example) => idsOf(task, example.target)),
        special,
      );
      const { learningRate } = optimizer;
      const { loss, norm } = trainingStep(() => {
        const mean = crossEntropy(model.forward(source, input), labels, { ignoreIndex: ignoredLabel });
        const gradients = backward(mean);
        optimizer.step(clipGradients(gradients, 1));
        return { loss: mean.item(), norm: gradientNorm(gradients) };
      });
      const tokens = drawn.reduce((sum, { target }) => sum + target.length + 1, 0);
      return {
        step: optimizer.steps,
        loss,
        learningRate,
        gradientNorm: norm,
        tokens,
      };
    },
    examine() {
      const asked = [...heldOut.values()];
      const written = generateAll(
        model,
        idBatch(asked.map(({ source }) => idsOf(task, source))),
        special,
      ).map(textOf);
      const answers = asked.map((example, index) => ({ ...example, written: written[index] ?? '' }));
      const right = answers.filter((answer) => answer.written === answer.target).length;
      return { examples: asked.length, exact: right / asked.length, sample: answers.slice(0, 6) };
    },
    look(source) {
      const target = task.answer(source);
      if (target === undefined)
        throw new RangeError(`${task.name}: ${JSON.stringify(source)} is no input of this task.`);
      const { maps, observe } = crossAttentionObserver(options.layers);
      const { input } = teacherForcing([idsOf(task, target)], special);
      noGrad(() => model.forward(idBatch([idsOf(task, source)]), input, { observe }));
      return { source, target, maps };
    },
    async *write(source, signal) {
      const { maps, observe } = crossAttentionObserver(options.layers);
      const pass = { observe };
      const more = signal === undefined ? {} : { signal };
      for await (const { ids, done } of generate(model, idBatch([idsOf(task, source)]), {
        ...special,
        ...more,
        pass,
      }))
        yield { character: ids[0] === undefined ? '' : characterOf(task, ids[0]), maps: [...maps], done };
    },
  };
};
