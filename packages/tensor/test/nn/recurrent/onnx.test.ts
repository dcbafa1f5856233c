// The ONNX operator cases of GRU, LSTM and RNN.
import path from 'node:path';
import { expectClose, golden } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import { permute, reshape, type Tensor, tensor, useBackend } from '../../../src/index.ts';
import { GRU, LSTM, load, RNN } from '../../../src/nn/index.ts';
import { backends } from '../../backends.ts';

interface Stored {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: string;
}
interface OnnxCase {
  readonly name: string;
  readonly op: 'GRU' | 'LSTM' | 'RNN';
  readonly attributes: {
    readonly hidden_size: number;
    readonly layout?: number;
    readonly linear_before_reset?: number;
  };
  readonly inputs: readonly (Stored | null)[];
  readonly outputs: readonly (Stored | null)[];
}

const all = golden<OnnxCase[]>(path.join(import.meta.dirname, '../..'), 'onnxRecurrent.json.gz');

const floats = ({ shape, data }: Stored): Tensor =>
  tensor(new Float32Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer), shape);

/** Blocks of rows in another order: ONNX has the gates z r h and i o f c where PyTorch has r z n and i f g o. */
const reorder = (x: Tensor, blocks: readonly number[]): Tensor => {
  const size = x.size / blocks.length;
  const data = new Float32Array(x.size);
  for (const [to, from] of blocks.entries())
    data.set(x.data.subarray(from * size, (from + 1) * size), to * size);
  return tensor(data, x.shape);
};
const orders = { GRU: [1, 0, 2], LSTM: [0, 2, 3, 1], RNN: [0] };
const layers = { GRU, LSTM, RNN };

describe.each(backends)('ONNX cases of recurrent networks, $name', ({ backend }) => {
  it.each(all)('$name', ({ op, attributes, inputs, outputs }) => {
    using _ = useBackend(backend);
    const of = (name: string): Tensor | undefined => {
      const found = inputs.find((input) => input?.name === name);
      return found ? floats(found) : undefined;
    };
    const [x, w, r] = [of('X') as Tensor, of('W') as Tensor, of('R') as Tensor];
    const bias = of('B');
    const width = attributes.hidden_size;
    const rows = orders[op].length * width;
    const peepholes = of('P');
    const model = new layers[op](w.shape[2] as number, width, {
      ...(op === 'GRU' && { reset: attributes.linear_before_reset === 1 ? 'after' : 'before' }),
      ...(peepholes && { peepholes: true }),
    });
    const half = (start: number): Tensor =>
      tensor(bias?.data.slice(start, start + rows) ?? new Float32Array(rows), [rows]);
    load(
      model,
      new Map([
        ['weight_ih_l0', reorder(reshape(w, [rows, -1]), orders[op])],
        ['weight_hh_l0', reorder(reshape(r, [rows, width]), orders[op])],
        ['bias_ih_l0', reorder(half(0), orders[op])],
        ['bias_hh_l0', reorder(half(rows), orders[op])],
        // ONNX: i o f, here i f o
        ...(peepholes
          ? ([['weight_peephole_l0', reorder(reshape(peepholes, [3 * width]), [0, 2, 1])]] as const)
          : []),
      ]),
    );
    const batchFirst = attributes.layout === 1;
    const turn = (y: Tensor): Tensor => (batchFirst ? permute(y, [1, 0, 2]) : y); // between ONNX's states and ours
    const lengths = inputs.find((input) => input?.name === 'sequence_lens');
    const [hidden0, cell0] = [of('initial_h'), of('initial_c')];
    const { output, hidden } = model.forward(batchFirst ? x : permute(x, [1, 0, 2]), {
      ...(hidden0 && { hidden: turn(hidden0) }),
      ...(cell0 && { cell: turn(cell0) }),
      ...(lengths && {
        lengths: new Int32Array(Uint8Array.from(Buffer.from(lengths.data, 'base64')).buffer),
      }),
    });
    // ONNX: Y [length, directions, batch, width], Y_h [directions, batch, width]; with layout 1 batch first in both.
    for (const expected of outputs)
      if (expected?.name === 'Y_h')
        expectClose(turn(hidden), floats(expected), {
          absolute: 1e-6,
          relative: 1e-5,
        });
      else if (expected?.name === 'Y')
        expectClose(reshape(output, expected.shape), floats(expected), { absolute: 1e-6, relative: 1e-5 });
  });

  it('are all of them', () => expect(all.length).toBe(5));
});
