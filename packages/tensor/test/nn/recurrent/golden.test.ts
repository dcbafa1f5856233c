// PyTorch's GRU, LSTM, RNN and their cells: outputs, final states, and the gradient of every input and weight, on every engine.
import path from 'node:path';
import { expectClose, golden } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import {
  add,
  backward,
  mul,
  permute,
  sum,
  type Tensor,
  tensor,
  useBackend,
  variable,
} from '../../../src/index.ts';
import { GRU, GRUCell, LSTM, LSTMCell, load, parameters, RNN, RNNCell, thaw } from '../../../src/nn/index.ts';
import { backends } from '../../backends.ts';

interface Stored {
  readonly shape: readonly number[];
  readonly data: string;
}
interface Case {
  readonly name: string;
  readonly op: 'GRU' | 'LSTM' | 'RNN' | 'GRUCell' | 'LSTMCell' | 'RNNCell';
  readonly options: {
    readonly input_size: number;
    readonly hidden_size: number;
    readonly num_layers?: number;
    readonly bidirectional?: boolean;
    readonly batch_first?: boolean;
    readonly bias?: boolean;
    readonly nonlinearity?: 'relu';
    readonly lengths?: readonly number[] | null;
  };
  readonly inputs: Readonly<Record<string, Stored>>;
  readonly outputs: Readonly<Record<string, Stored>>;
  readonly gradients: Readonly<Record<string, Stored>>;
  readonly upstream: Readonly<Record<string, Stored>>;
  readonly tolerance: { readonly absolute: number; readonly relative: number };
}

const cases = golden<Case[]>(path.join(import.meta.dirname, '../..'), 'recurrent.json.gz');

const floats = ({ shape, data }: Stored): Tensor =>
  tensor(new Float32Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer), shape);

const layers = { GRU, LSTM, RNN };
const cells = { GRUCell, LSTMCell, RNNCell };

/** The results of a case by the names that PyTorch gives them. */
const run = (one: Case, model: object, of: Readonly<Record<string, Tensor>>): Record<string, Tensor> => {
  const state = { ...(of.h0 && { hidden: of.h0 }), ...(of.c0 && { cell: of.c0 }) };
  const x = of.input as Tensor; // every case has one
  if (model instanceof LSTMCell) {
    const { hidden, cell } = model.forward(x, state);
    return { h: hidden, c: cell };
  }
  if (model instanceof GRUCell || model instanceof RNNCell) return { h: model.forward(x, of.h0) };
  const { lengths, batch_first: batchFirst } = one.options;
  const turn = (y: Tensor): Tensor => (batchFirst === true ? y : permute(y, [1, 0, 2]));
  const options = { ...state, ...(lengths && { lengths }) };
  if (model instanceof LSTM) {
    const { output, hidden, cell } = model.forward(turn(x), options);
    return { output: turn(output), h_n: hidden, c_n: cell };
  }
  const { output, hidden } = (model as GRU).forward(turn(x), options);
  return { output: turn(output), h_n: hidden };
};

const modelOf = ({ op, options }: Case): object => {
  const { input_size: inputs, hidden_size: width, num_layers, bidirectional, bias, nonlinearity } = options;
  const chosen = {
    ...(num_layers !== undefined && { layers: num_layers }),
    ...(bidirectional !== undefined && { bidirectional }),
    ...(bias !== undefined && { bias }),
    ...(nonlinearity !== undefined && { nonlinearity }),
  };
  return op in layers
    ? new layers[op as keyof typeof layers](inputs, width, chosen)
    : new cells[op as keyof typeof cells](inputs, width, chosen);
};

describe.each(backends)('recurrent networks against PyTorch, $name', ({ backend }) => {
  it.each(cases)('$name: values, and gradients of all inputs and weights', (one) => {
    using _ = useBackend(backend);
    const model = modelOf(one);
    const tensors = Object.entries(one.inputs).map(([name, stored]) => [name, floats(stored)] as const);
    const isWeight = (name: string) => /^(weight|bias)_/.test(name);
    load(model, new Map(tensors.filter(([name]) => isWeight(name))));
    thaw(model);
    const inputs = Object.fromEntries(
      tensors.filter(([name]) => !isWeight(name)).map(([name, value]) => [name, variable(value)]),
    );
    const results = run(one, model, inputs);
    for (const [name, expected] of Object.entries(one.outputs))
      expectClose(results[name] as Tensor, floats(expected), { ...one.tolerance, name });
    const loss = Object.entries(one.upstream)
      .map(([name, upstream]) => sum(mul(results[name] as Tensor, floats(upstream))))
      .reduce((a, b) => add(a, b));
    const gradients = backward(loss);
    const leaves: Record<string, Tensor> = { ...inputs, ...Object.fromEntries(parameters(model)) };
    expect(Object.keys(one.gradients).length).toBe(Object.keys(one.inputs).length);
    for (const [name, expected] of Object.entries(one.gradients))
      expectClose(gradients.get(leaves[name] as Tensor) as Tensor, floats(expected), {
        ...one.tolerance,
        name,
      });
  });

  it('are all 37 cases of the golden group', () => expect(cases.length).toBe(37));
});
