// Matrix products: five shapes of models with a fixed right operand (a weight), a batch of small ones with two free operands (as
// inside attention), and thin ones (as when a model writes token by token) with the right operand fixed and free.

import { inference, matmul, Tensor } from '@heed/tensor';
import { constant, parameter } from '@heed/tensor/nn';
import type { Absence, BenchmarkCase, Contender } from '../contender.ts';
import { type Engines, type OwnEngine, tensorFlowName, yardstickName } from '../engines.ts';
import { noise } from '../noise.ts';
import type { Graph } from '../onnx/writeModel.ts';
import { onnxContender } from '../peers/onnxContender.ts';
import type { OnnxLoader } from '../peers/onnxRuntime.ts';
import type { TensorFlow } from '../peers/tensorFlow.ts';
import { yardstickMatmul } from '../yardstick/yardstickMatmul.ts';

/** Sizes of a product; with `batches`, that many independent ones; if `free`, the right operand is new each time, and no weight. */
export interface MatmulShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batches?: number;
  readonly free?: boolean;
}

interface Product extends MatmulShape {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly aShape: readonly number[];
  readonly bShape: readonly number[];
  readonly cShape: readonly number[];
  readonly fixed: boolean;
}

/** The yardstick's five shapes. */
export const modelShapes: readonly MatmulShape[] = [
  { m: 128, n: 768, k: 768 },
  { m: 128, n: 3072, k: 768 },
  { m: 128, n: 768, k: 3072 },
  { m: 512, n: 1536, k: 384 },
  { m: 1024, n: 1024, k: 1024 },
];

/** 12 heads of 128 × 64 × 128. */
export const headsShape: MatmulShape = { m: 128, n: 128, k: 64, batches: 12, free: true };

/** All shapes of the suite: those, and one row, two and eight. */
export const matmulShapes: readonly MatmulShape[] = [
  ...modelShapes,
  headsShape,
  ...[1, 2, 8].flatMap((m) => [
    { m, n: 768, k: 768 },
    { m, n: 768, k: 768, free: true },
  ]),
];

/** 'M × N × K', the batch in front; said behind is whether the right operand is free. */
export const shapeName = ({ m, n, k, batches, free = false }: MatmulShape): string =>
  `${batches === undefined ? '' : `${batches} of `}${m} × ${n} × ${k}${free ? ', both operands free' : ''}`;

const productOf = (shape: MatmulShape): Product => {
  const { m, n, k, batches = 1 } = shape;
  const lead = shape.batches === undefined ? [] : [batches];
  return {
    ...shape,
    ...{ a: noise(batches * m * k, 1), b: noise(batches * k * n, 2), fixed: shape.free !== true },
    ...{ aShape: [...lead, m, k], bShape: [...lead, k, n], cShape: [...lead, m, n] },
  };
};

const ownProduct = ({ name, use }: OwnEngine, { a, b, aShape, bShape, fixed }: Product): Contender => {
  const left = new Tensor('float32', [...aShape], a);
  const weight = parameter([...bShape], constant(0));
  weight.fill(b);
  if (fixed) weight.freeze();
  const right = fixed ? weight : new Tensor('float32', [...bShape], b);
  let result: Tensor | undefined;
  return {
    name,
    run: () => {
      result = use(() => inference(() => matmul(left, right)));
    },
    output: () => (result as Tensor).data, // after run
  };
};

const productGraph = ({ a: _, b, aShape, bShape, cShape, fixed }: Product): Graph => ({
  name: 'product',
  inputs: [
    { name: 'a', type: 'float32' as const, shape: aShape },
    ...(fixed ? [] : [{ name: 'b', type: 'float32' as const, shape: bShape }]),
  ],
  outputs: [{ name: 'c', type: 'float32', shape: cShape }],
  initializers: fixed ? [{ name: 'b', shape: bShape, data: b }] : [],
  nodes: [{ operator: 'MatMul', inputs: ['a', 'b'], outputs: ['c'] }],
});

const onnxProduct = async (name: string, load: OnnxLoader, product: Product): Promise<Contender> => {
  const model = await load(productGraph(product));
  const inputs = {
    a: { type: 'float32', data: product.a, shape: product.aShape } as const,
    ...(product.fixed ? {} : { b: { type: 'float32', data: product.b, shape: product.bShape } as const }),
  };
  return onnxContender(name, model, { inputs });
};

const tensorFlowProduct = (tf: TensorFlow, { a, b, aShape, bShape, fixed }: Product): Contender => {
  const weight = tf.tensor(b, bShape);
  let result: Float32Array = new Float32Array();
  return {
    name: tensorFlowName,
    run: () => {
      result = tf.tidy(() =>
        tf.matMul(tf.tensor(a, aShape), fixed ? weight : tf.tensor(b, bShape)).dataSync(),
      );
    },
    output: () => result,
    dispose: () => weight.dispose(),
  };
};

/** One case a shape. */
export const matmulCases = (
  engines: Engines,
  shapes: readonly MatmulShape[] = matmulShapes,
): BenchmarkCase[] =>
  shapes.map((shape) => {
    const { m, n, k, batches, free = false } = shape;
    const { yardstick, conditions, tensorFlow: tf } = engines;
    const comparable = !free && conditions.threads === 1;
    const noYardstick: Absence = {
      name: yardstickName,
      reason: free ? 'its product has a fixed right operand' : 'its product has one thread',
    };
    return {
      name: shapeName(shape),
      operations: 2 * m * n * k * (batches ?? 1),
      tolerance: 1e-5, // 3072 float32 sums: about 2e-7 of the largest value in any order of summing
      absences: [...engines.absences, ...(yardstick !== undefined && !comparable ? [noYardstick] : [])],
      prepare: async () => {
        const product = productOf(shape);
        const contenders = engines.own.map((engine) => ownProduct(engine, product));
        if (yardstick !== undefined && comparable)
          contenders.push(yardstickMatmul(yardstick, yardstickName, product));
        for (const [name, load] of engines.onnx) contenders.push(await onnxProduct(name, load, product));
        if (tf !== undefined) contenders.push(tensorFlowProduct(tf, product));
        return contenders;
      },
    };
  });
