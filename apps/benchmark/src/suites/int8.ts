// Linear layers with weights stored as 8-bit integers, against our own float32 weights. No peers: their quantized products follow other
// rules.

import { inference, random, Tensor } from '@heed/tensor';
import { freeze, initialize, Linear, quantize } from '@heed/tensor/nn';
import type { BenchmarkCase, Contender } from '../contender.ts';
import { type Engines, type OwnEngine, ours } from '../engines.ts';
import { noise } from '../noise.ts';

/** Rows and sizes of a layer. */
export interface Int8Shape {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** The five model shapes of the suite `matmul`. */
export const int8Shapes: readonly Int8Shape[] = [
  { rows: 128, inputs: 768, outputs: 768 },
  { rows: 128, inputs: 768, outputs: 3072 },
  { rows: 128, inputs: 3072, outputs: 768 },
  { rows: 512, inputs: 384, outputs: 1536 },
  { rows: 1024, inputs: 1024, outputs: 1024 },
];

/** The name of a case. */
export const int8Name = ({ rows, inputs, outputs }: Int8Shape): string =>
  `8-bit linear, ${rows} × ${outputs} × ${inputs}`;

/** Name of our rows with float32 weights. */
export const oursFloat: string = `${ours}, float32 weights`;

const contender = (
  name: string,
  { use }: OwnEngine,
  { shape, stored }: { readonly shape: Int8Shape; readonly stored: boolean },
): Contender => {
  const { rows, inputs, outputs } = shape;
  const layer = initialize(new Linear(inputs, outputs), random(3));
  freeze(layer);
  if (stored) quantize(layer);
  const x = new Tensor('float32', [rows, inputs], noise(rows * inputs, 1));
  let result: Tensor | undefined;
  return {
    name,
    run: () => {
      result = use(() => inference(() => layer.forward(x)));
    },
    output: () => (result as Tensor).data, // after run
  };
};

/** One case a shape. */
export const int8Cases = ({ own }: Engines, shapes: readonly Int8Shape[] = int8Shapes): BenchmarkCase[] => {
  const [engine] = own as readonly [OwnEngine]; // ours always runs
  return shapes.map((shape) => ({
    name: int8Name(shape),
    operations: 2 * shape.rows * shape.inputs * shape.outputs,
    tolerance: 0.02, // weights in 255 steps: half a step is 0.4 % of the largest in its row
    absences: [],
    prepare: async () => [
      contender(ours, engine, { shape, stored: true }),
      contender(oursFloat, engine, { shape, stored: false }),
    ],
  }));
};
