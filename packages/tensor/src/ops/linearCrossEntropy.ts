// A projection to a vocabulary and the cross entropy behind it as one operation, a block of rows at a time: of a large vocabulary the logits,
// and their gradient, are never there as a whole.

import { currentBackend } from '../backend/slot.ts';
import { backward } from '../backward.ts';
import { defineOp } from '../op.ts';
import { trainingStep } from '../region.ts';
import { allocate } from '../regionStack.ts';
import { ShapeError, sameShape } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { variable } from '../variable.ts';
import { mul } from './arithmetic.ts';
import { type CrossEntropyOptions, crossEntropy } from './crossEntropy.ts';
import { linear } from './matmul.ts';

/** Options of `linearCrossEntropy`. */
export interface LinearCrossEntropyOptions
  extends Pick<CrossEntropyOptions, 'ignoreIndex' | 'labelSmoothing'> {
  /** Of the projection, [classes]. Default: none. */
  readonly bias?: Tensor | undefined;
  /** 'mean' over the targets that count, or 'sum'. Default 'mean'. */
  readonly reduction?: 'mean' | 'sum';
}

interface Options {
  readonly targets: Int32Array;
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;
  /** What the sum of losses is multiplied by. */
  readonly factor: number;
}

/** Gradients of Σ losses for hidden, weight and bias. */
type Saved = readonly Float32Array[];

type Inputs =
  | readonly [hidden: Tensor, weight: Tensor]
  | readonly [hidden: Tensor, weight: Tensor, bias: Tensor];

const blockNumbers = 2 ** 22; // logits of a block, 16 MB: few enough to keep, many enough for weights to be packed and summed seldom

const addTo = (sum: Float32Array, part: Float32Array): void =>
  currentBackend().arithmetic({
    ...{ kind: 'add', a: sum, b: part, out: sum, rows: 1, columns: sum.length },
    ...{ aRow: 0, aColumn: 1, bRow: 0, bColumn: 1 },
  });

/** Σ losses of rows first to end; adds their gradients where they are wanted. */
const blockLoss = (
  [hidden, weight, bias]: Inputs,
  { targets, ...options }: Options,
  { first, end, saved }: { readonly first: number; readonly end: number; readonly saved: Saved | undefined },
): number => {
  const width = weight.shape[1] as number; // rank 2, checked
  const part = new Tensor('float32', [end - first, width], hidden.data.subarray(first * width, end * width));
  const own = saved === undefined ? [part, weight, bias] : [part, weight, bias].map((x) => x && variable(x));
  const [rows, weights, biases] = own as [Tensor, Tensor, Tensor | undefined]; // three
  const loss = crossEntropy(
    linear(rows, weights, biases),
    new Tensor('int32', [end - first], targets.subarray(first, end)),
    { ...options, reduction: 'sum' },
  );
  if (saved === undefined) return loss.item();
  const gradients = backward(loss);
  const [forHidden, ...sums] = saved as readonly [Float32Array, ...Float32Array[]];
  forHidden.set((gradients.get(rows) as Tensor).data, first * width); // the loss depends on all of them
  for (const [i, sum] of sums.entries()) addTo(sum, (gradients.get(own[i + 1] as Tensor) as Tensor).data);
  return loss.item();
};

const linearCrossEntropyOp = defineOp<Inputs, Options, Saved>({
  name: 'linearCrossEntropy',
  forward: (inputs, options, needsGradient) => {
    const [, weight] = inputs;
    const rows = options.targets.length;
    const together = Math.max(1, Math.floor(blockNumbers / Math.max(1, weight.shape[0] as number))); // rank 2, checked
    const saved = needsGradient ? inputs.map(({ size }) => allocate(size).fill(0)) : undefined;
    let sum = 0;
    for (let first = 0; first < rows; first += together) {
      const end = Math.min(rows, first + together);
      sum += trainingStep(() => blockLoss(inputs, options, { first, end, saved }));
    }
    const data = allocate(1);
    data[0] = sum * options.factor;
    return { shape: [], data, ...(saved && { saved }) };
  },
  backward: (gradient, { inputs, options, saved }) =>
    inputs.map(
      ({ shape }, i) =>
        mul(new Tensor('float32', shape, saved[i] as Float32Array), gradient.item() * options.factor), // one an input
    ),
});

/**
 * crossEntropy(linear(hidden, weight, bias), targets), with the memory of some rows of logits: hidden [..., width], weight [classes, width],
 * targets int32 [...]. Gradients are computed with the loss. The mean is NaN where no target counts. For large vocabularies; for few classes the
 * two operations are as good.
 *
 * @example
 * linearCrossEntropy(ones([1, 2]), zeros([4, 2]), integers([3])).item(); //=> 1.3863
 */
export const linearCrossEntropy = (
  hidden: Tensor,
  weight: Tensor,
  targets: Tensor<'int32'>,
  options: LinearCrossEntropyOptions = {},
): Tensor => {
  const { bias, ignoreIndex = -100, labelSmoothing = 0, reduction = 'mean' } = options;
  const [classes, width] = weight.shape;
  if (
    weight.rank !== 2 ||
    hidden.rank < 1 ||
    hidden.shape.at(-1) !== width ||
    targets.dtype !== 'int32' ||
    !sameShape(hidden.shape.slice(0, -1), targets.shape) ||
    (bias !== undefined && !sameShape(bias.shape, [classes as number])) // rank 2
  )
    throw new ShapeError(
      `linearCrossEntropy: hidden ${hidden}, weight ${weight}, targets ${targets}${bias === undefined ? '' : `, bias ${bias}`}; expected hidden [..., width], weight [classes, width], targets int32 [...], bias [classes].`,
    );
  const counted = targets.data.reduce((count, target) => count + (target === ignoreIndex ? 0 : 1), 0);
  const factor = reduction === 'sum' ? 1 : 1 / counted;
  const inputs: Inputs = bias === undefined ? [hidden, weight] : [hidden, weight, bias];
  return linearCrossEntropyOp(inputs, { targets: targets.data, ignoreIndex, labelSmoothing, factor });
};
