// Attention against itself: what the kernel gains over the dense one, a mask over none, fewer key heads over all, what a backward pass and twice the
// tokens cost, how long sequences take; and one token over a cache of 8192, against onnxruntime. 8 heads of 64.

import {
  type AttentionOptions,
  attention,
  causal,
  dense,
  global,
  KVCache,
  or,
  window,
} from '@heed/attention';
import { backward, inference, Tensor, trainingStep, variable } from '@heed/tensor';
import type { BenchmarkCase, Contender } from '../contender.ts';
import type { Engines, OwnEngine } from '../engines.ts';
import { noise } from '../noise.ts';
import { onnxAttention } from '../peers/onnxAttention.ts';
import type { OnnxLoader } from '../peers/onnxRuntime.ts';

/** Names of what ours is compared with. */
export const forms = {
  dense: 'Heed, dense kernel',
  all: 'Heed, all keys',
  half: 'Heed, half as many tokens',
  heads: 'Heed, 8 key heads',
  forward: 'Heed, forward alone',
} as const;

const [heads, depth, kvHeads] = [8, 64, 2];
const tolerance = 1e-4; // one engine's results for the same numbers, in other orders of sums

/** Lengths that each kind of case is measured at. */
export interface FormLengths {
  readonly dense: readonly number[];
  readonly causal: readonly number[];
  readonly window: readonly number[];
  readonly heads: readonly number[];
  readonly backward: readonly number[];
  readonly long: readonly number[];
  readonly cache: readonly number[];
}

/** Those of the suite. Dense where its matrices fit beside all the rest, two of 134 MB at 2048; long ones where nothing else does. */
export const formLengths: FormLengths = {
  dense: [128, 256, 512, 1024, 2048],
  causal: [2048, 4096],
  window: [8192, 16_384],
  heads: [2048],
  backward: [1024, 2048],
  long: [8192, 16_384],
  cache: [8192],
};

/** Names of the cases. */
export const formName = {
  dense: (length: number): string => `${length} tokens, of the dense kernel`,
  causal: (length: number): string => `${length} tokens, causal, of all keys`,
  window: (length: number): string => `${length} tokens, window of 256 and 16 global`,
  heads: (length: number): string => `${length} tokens, ${kvHeads} key heads of ${heads}`,
  backward: (length: number): string => `${length} tokens, forward and backward`,
  long: (length: number): string => `${length} tokens, causal, alone`,
  cache: (length: number): string => `one token over a cache of ${length}`,
};

type Operands = readonly [q: Tensor, k: Tensor, v: Tensor];

/** The first `length` rows of sequences that begin alike, whatever their length. */
const operandsOf = (length: number, keyHeads = heads): Operands => {
  const make = (many: number, seed: number): Tensor => {
    const data = new Float32Array(many * length * depth);
    for (let head = 0; head < many; head++)
      data.set(noise(length * depth, 100 * seed + head), head * length * depth);
    return new Tensor('float32', [1, many, length, depth], data);
  };
  return [make(heads, 1), make(keyHeads, 2), make(keyHeads, 3)];
};

/** Rows first to end of every head of a result. */
const rowsOf = ({ data, shape }: Tensor, first: number, end: number): Float32Array => {
  const [, many, length, width] = shape as [number, number, number, number]; // rank 4
  const rows = new Float32Array(many * (end - first) * width);
  for (let head = 0; head < many; head++)
    rows.set(
      data.subarray((head * length + first) * width, (head * length + end) * width),
      head * (end - first) * width,
    );
  return rows;
};

interface Run {
  readonly name: string;
  readonly operands: Operands;
  readonly options?: AttentionOptions;
  /** The rows that all contenders of a case agree on. Default: all. */
  readonly rows?: readonly [number, number];
  /** Whether gradients are computed too. */
  readonly backward?: boolean;
}

const contender = ({ use }: OwnEngine, { name, operands, options = {}, rows, ...run }: Run): Contender => {
  let result: Tensor | undefined;
  const forward = (): Tensor => inference(() => attention(...operands, options));
  const both = (): Tensor =>
    trainingStep(() => {
      const [q, k, v] = operands.map((x) => variable(x)) as [Tensor, Tensor, Tensor]; // three
      const output = attention(q, k, v, options);
      backward(output, operands[0]);
      return output;
    });
  return {
    name,
    run: () => {
      result = use(run.backward === true ? both : forward);
    },
    output: () => {
      const found = result as Tensor; // after run
      return rowsOf(found, ...(rows ?? [0, found.shape[2] as number])); // rank 4
    },
  };
};

/** Each key head as often as query heads read it. */
const repeated = ([q, ...keys]: Operands): Operands => {
  const [k, v] = keys.map(({ data, shape }) => {
    const size = data.length / kvHeads;
    const all = new Float32Array((data.length / kvHeads) * heads);
    for (let head = 0; head < heads; head++) {
      const own = Math.floor((head * kvHeads) / heads);
      all.set(data.subarray(own * size, (own + 1) * size), head * size);
    }
    return new Tensor('float32', [1, heads, shape[2] as number, depth], all); // rank 4
  }) as [Tensor, Tensor]; // two
  return [q, k, v];
};

const windowed = () =>
  or(window({ left: 128, right: 127 }), global(Array.from({ length: 16 }, (_, position) => position)));

const cacheContender = ({ name, use }: OwnEngine, [q, k, v]: Operands): Contender => {
  const cache = use(() => {
    const made = new KVCache();
    made.append(k, v);
    return made;
  });
  let result: Tensor | undefined;
  return {
    name,
    run: () => {
      result = use(() => inference(() => cache.attend(q)));
    },
    output: () => (result as Tensor).data, // after run
    dispose: () => cache[Symbol.dispose](),
  };
};

const onnxDecoder = (name: string, load: OnnxLoader, [q, k, v]: Operands): Promise<Contender> =>
  onnxAttention(name, load, {
    ...{ heads, depth, length: k.shape[2] as number, queries: 1, causal: false }, // rank 4
    ...{ q: q.data, k: k.data, v: v.data },
  });

/** Operations of the products of so many visible pairs of queries and keys. */
const operationsOf = (pairs: number): number => 4 * heads * depth * pairs;
const triangle = (length: number): number => (length * (length + 1)) / 2;

/** All cases, one a length. */
export const attentionFormCases = (
  { own, onnx, absences }: Engines,
  lengths: FormLengths = formLengths,
): BenchmarkCase[] => {
  const [engine] = own as readonly [OwnEngine, ...OwnEngine[]]; // ours is always there
  const { name } = engine;
  const one = (runs: readonly Run[]) => ({
    ...{ tolerance, absences: [] },
    prepare: () => Promise.resolve(runs.map((run) => contender(engine, run))),
  });
  const at = (count: readonly number[], make: (length: number) => BenchmarkCase): BenchmarkCase[] =>
    count.map(make);
  return [
    ...at(lengths.dense, (length) => {
      const operands = operandsOf(length);
      const runs = [
        { name, operands },
        { name: forms.dense, operands, options: { kernel: dense } },
      ];
      return { name: formName.dense(length), operations: operationsOf(length ** 2), ...one(runs) };
    }),
    ...at(lengths.causal, (length) => {
      const operands = operandsOf(length);
      const rows = [length - 1, length] as const; // the last row sees all keys with the mask and without
      const runs = [
        { name, operands, options: { mask: causal() }, rows },
        { name: forms.all, operands, rows },
      ];
      return { name: formName.causal(length), operations: operationsOf(triangle(length)), ...one(runs) };
    }),
    ...at(lengths.window, (length) => {
      const rows = [16, length / 2 - 128] as const; // these see the same in both
      const options = { mask: windowed() };
      const runs = [
        { name, operands: operandsOf(length), options, rows },
        { name: forms.half, operands: operandsOf(length / 2), options, rows },
      ];
      return { name: formName.window(length), operations: operationsOf(length * 288), ...one(runs) };
    }),
    ...at(lengths.heads, (length) => {
      const operands = operandsOf(length, kvHeads);
      const runs = [
        { name, operands },
        { name: forms.heads, operands: repeated(operands) },
      ];
      return { name: formName.heads(length), operations: operationsOf(length ** 2), ...one(runs) };
    }),
    ...at(lengths.backward, (length) => {
      const operands = operandsOf(length);
      const runs = [
        { name, operands, backward: true },
        { name: forms.forward, operands },
      ];
      return { name: formName.backward(length), operations: 3.5 * operationsOf(length ** 2), ...one(runs) };
    }),
    ...at(lengths.cache, (length) => {
      const [, k, v] = operandsOf(length);
      const q = new Tensor('float32', [1, heads, 1, depth], noise(heads * depth, 9));
      return {
        ...{ name: formName.cache(length), operations: operationsOf(length), tolerance: 5e-4, absences },
        prepare: async () => {
          const contenders = own.map((each) => cacheContender(each, [q, k, v]));
          for (const [peer, load] of onnx) contenders.push(await onnxDecoder(peer, load, [q, k, v]));
          return contenders;
        },
      };
    }),
    ...at(lengths.long, (length) => ({
      ...one([{ name, operands: operandsOf(length), options: { mask: causal() } }]),
      ...{ name: formName.long(length), operations: operationsOf(triangle(length)), rounds: 1 },
    })),
  ];
};
