// What holds of every recurrent network: lengths, states handed on, directions, derivatives, engines, and what is refused.
import { expectClose, expectGradients, forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  backward,
  inference,
  jsBackend,
  mul,
  random,
  ShapeError,
  slice,
  sum,
  type Tensor,
  tensor,
  useBackend,
  variable,
  zeros,
} from '../../../src/index.ts';
import {
  freeze,
  GRU,
  GRUCell,
  initialize,
  LSTM,
  LSTMCell,
  parameters,
  type RecurrentOptions,
  RNN,
  RNNCell,
} from '../../../src/nn/index.ts';
import { backends } from '../../backends.ts';

const kinds = {
  GRU: (inputs: number, width: number, options: RecurrentOptions) => new GRU(inputs, width, options),
  'GRU with the reset gate before': (inputs: number, width: number, options: RecurrentOptions) =>
    new GRU(inputs, width, { ...options, reset: 'before' }),
  LSTM: (inputs: number, width: number, options: RecurrentOptions) => new LSTM(inputs, width, options),
  'LSTM with peepholes': (inputs: number, width: number, options: RecurrentOptions) =>
    new LSTM(inputs, width, { ...options, peepholes: true }),
  RNN: (inputs: number, width: number, options: RecurrentOptions) => new RNN(inputs, width, options),
};
const names = ['GRU', 'GRU with the reset gate before', 'LSTM', 'LSTM with peepholes', 'RNN'] as const;
const kind = fc.constantFrom(...names);
const shape = fc.record({
  batch: fc.integer({ min: 1, max: 4 }),
  length: fc.integer({ min: 1, max: 6 }),
  inputs: fc.integer({ min: 1, max: 5 }),
  width: fc.integer({ min: 1, max: 9 }),
  layers: fc.integer({ min: 1, max: 2 }),
  bidirectional: fc.boolean(),
  seed: fc.nat(1000),
});

const draw = (extents: readonly number[], seed: number): Tensor => {
  const { shape, data } = noise(extents, seed);
  return tensor(data, shape);
};
/** Output, hidden, and cell where there is one. */
const results = (result: object): Tensor[] => Object.values(result) as Tensor[];
const close = { absolute: 2e-6, relative: 1e-5 };

describe.each(backends)('recurrent networks, $name', ({ backend }) => {
  it('a batch of mixed lengths gives each sequence what it gets alone, in values and gradients', () => {
    using _ = useBackend(backend);
    forAll(
      [kind, shape],
      (name, { batch, length, inputs, width, seed, ...options }) => {
        const model = initialize(kinds[name](inputs, width, options), random(seed));
        const states = options.layers * (options.bidirectional ? 2 : 1);
        const lengths = Array.from({ length: batch }, (_, row) => (seed + 3 * row) % (length + 1));
        const x = draw([batch, length, inputs], seed);
        const hidden = draw([states, batch, width], seed + 1);
        const upstream = draw([batch, length, width * (options.bidirectional ? 2 : 1)], seed + 2);
        const leaf = variable(x);
        const together = model.forward(leaf, { lengths, hidden });
        const gradients = backward(sum(mul(together.output, upstream)));
        for (const [row, own] of lengths.entries()) {
          const one = variable(slice(slice(x, 0, row, row + 1), 1, 0, own));
          const alone = model.forward(one, { hidden: slice(hidden, 1, row, row + 1) });
          expectClose(slice(slice(together.output, 0, row, row + 1), 1, 0, own), alone.output, close);
          expect(
            [...slice(slice(together.output, 0, row, row + 1), 1, own).data].every((value) => value === 0),
          ).toBe(true);
          for (const [index, state] of results(together).slice(1).entries())
            expectClose(slice(state, 1, row, row + 1), results(alone)[index + 1] as Tensor, close);
          const gradient = backward(
            sum(mul(alone.output, slice(slice(upstream, 0, row, row + 1), 1, 0, own))),
          ).get(one);
          const mine = slice(gradients.get(leaf) as Tensor, 0, row, row + 1);
          expectClose(slice(mine, 1, 0, own), gradient as Tensor, { ...close, absolute: 1e-5 });
          expect([...slice(mine, 1, own).data].every((value) => value === 0)).toBe(true);
        }
      },
      { runs: 30 },
    );
  });

  it('what stands behind a length has no influence, not even NaN', () => {
    using _ = useBackend(backend);
    for (const name of names) {
      const model = initialize(kinds[name](3, 4, { layers: 2, bidirectional: true }), random(1));
      const x = draw([2, 4, 3], 5);
      const spoilt = tensor(
        x.data.map((value, i) => (i >= 12 + 6 ? NaN : value)),
        x.shape,
      );
      const of = (input: Tensor) => {
        const { output } = model.forward(input, { lengths: [4, 2] });
        const gradients = backward(sum(mul(output, output)));
        return [output, ...[...parameters(model).values()].map((weight) => gradients.get(weight) as Tensor)];
      };
      const expected = of(x);
      for (const [index, actual] of of(spoilt).entries()) expectClose(actual, expected[index] as Tensor);
    }
  });

  it('a sequence in two pieces with the state handed on is the sequence in one', () => {
    using _ = useBackend(backend);
    forAll(
      [kind, shape],
      (name, { batch, length, inputs, width, layers, seed }) => {
        const model = initialize(kinds[name](inputs, width, { layers }), random(seed));
        const x = draw([batch, length, inputs], seed);
        const cut = seed % (length + 1);
        const whole = model.forward(x);
        const first = model.forward(slice(x, 1, 0, cut));
        const { output: _output, ...state } = first;
        const second = model.forward(slice(x, 1, cut), state);
        expectClose(slice(whole.output, 1, 0, cut), first.output, close);
        expectClose(slice(whole.output, 1, cut), second.output, close);
        expectClose(whole.hidden, second.hidden, close);
      },
      { runs: 30 },
    );
  });

  it('agrees with the plain engine, also resident in engine memory and with frozen weights', () => {
    forAll(
      [kind, shape],
      (name, { batch, length, inputs, width, seed, ...options }) => {
        const model = initialize(kinds[name](inputs, width, options), random(seed));
        const x = draw([batch, length, inputs], seed);
        const on = (engine: typeof backend): Tensor[] => {
          using _ = useBackend(engine);
          return results(inference(() => model.forward(x)));
        };
        const expected = on(jsBackend);
        for (const [index, actual] of on(backend).entries())
          expectClose(actual, expected[index] as Tensor, close);
        freeze(model);
        for (const [index, actual] of on(backend).entries())
          expectClose(actual, expected[index] as Tensor, close);
      },
      { runs: 20 },
    );
  });
});

describe('recurrent networks', () => {
  it.each(names)('%s: derivatives equal finite differences, lengths and states included', (name) => {
    using _ = useBackend(jsBackend);
    const model = initialize(kinds[name](2, 3, { layers: 2, bidirectional: true }), random(4));
    const weights = [...parameters(model).values()];
    const states = ['x', 'hidden', ...(name.startsWith('LSTM') ? ['cell'] : [])];
    const shapes = [[2, 3, 2], ...states.slice(1).map(() => [4, 2, 3])];
    const start = [
      ...shapes.map((extents, i) => noise(extents, 10 + i).data),
      ...weights.map(({ data }) => data.slice()),
    ];
    const upstream = draw([2, 3, 6], 30);
    const forward = (values: Float64Array[]): { loss: Tensor; leaves: Tensor[] } => {
      for (const [i, weight] of weights.entries())
        weight.fill(Float32Array.from(values[shapes.length + i] ?? []));
      const [x, hidden, cell] = shapes.map((extents, i) =>
        variable(tensor(Float32Array.from(values[i] ?? []), extents)),
      );
      const result = model.forward(x as Tensor, {
        hidden: hidden as Tensor,
        ...(cell && { cell }),
        lengths: [3, 2],
      });
      const [output, ...states] = results(result) as [Tensor, ...Tensor[]];
      const loss = states.reduce(
        (total, state) => add(total, sum(mul(state, state))),
        sum(mul(output, upstream)),
      );
      return { loss, leaves: [x as Tensor, hidden as Tensor, ...(cell ? [cell] : []), ...weights] };
    };
    expectGradients({
      inputs: start,
      loss: (values) => forward(values).loss.item(),
      gradients: (values) => {
        const { loss, leaves } = forward(values);
        const gradients = backward(loss);
        return leaves.map((leaf) => gradients.get(leaf)?.data ?? []);
      },
      name,
    });
  });

  it('a cell is one step of its network', () => {
    const x = draw([3, 2], 1);
    const asSequence = tensor(x.data, [3, 1, 2]);
    const pairs = [
      [() => new GRUCell(2, 4), () => new GRU(2, 4)],
      [() => new GRUCell(2, 4, { reset: 'before' }), () => new GRU(2, 4, { reset: 'before' })],
      [() => new RNNCell(2, 4), () => new RNN(2, 4)],
      [
        () => new RNNCell(2, 4, { nonlinearity: 'relu', bias: false }),
        () => new RNN(2, 4, { nonlinearity: 'relu', bias: false }),
      ],
    ] as const;
    for (const [newCell, newNetwork] of pairs) {
      const network = initialize(newNetwork(), random(2));
      const cell = initialize(newCell(), random(2));
      expect([...parameters(cell).keys()]).toEqual(
        [...parameters(network).keys()].map((name) => name.replace('_l0', '')),
      );
      const { hidden } = network.forward(asSequence);
      expectClose(
        cell.forward(x, cell.forward(x)).data,
        network.forward(asSequence, { hidden }).hidden.data,
        close,
      );
    }
    for (const peepholes of [false, true]) {
      const network = initialize(new LSTM(2, 4, { peepholes }), random(2));
      const cell = initialize(new LSTMCell(2, 4, { peepholes }), random(2));
      const { hidden, cell: memory } = network.forward(asSequence);
      const next = cell.forward(x, cell.forward(x));
      const expected = network.forward(asSequence, { hidden, cell: memory });
      expectClose(next.hidden.data, expected.hidden.data, close);
      expectClose(next.cell.data, expected.cell.data, close);
    }
  });

  it('dropout falls between layers only, and only in a pass with a source of randomness', () => {
    const one = initialize(new GRU(3, 4, { dropout: 0.5 }), random(1));
    const two = initialize(new GRU(3, 4, { layers: 2, dropout: 0.5 }), random(1));
    const x = draw([2, 3, 3], 4);
    const pass = () => ({ random: random(9) });
    expect(one.forward(x, {}, pass()).output.toArray()).toEqual(one.forward(x).output.toArray());
    expect(two.forward(x, {}, pass()).output.toArray()).toEqual(two.forward(x, {}, pass()).output.toArray());
    expect(two.forward(x, {}, pass()).output.toArray()).not.toEqual(two.forward(x).output.toArray());
  });

  it('takes empty batches, no steps, and lengths of zero, which leave the first state as it is', () => {
    const model = initialize(new LSTM(3, 4, { bidirectional: true }), random(1));
    expect(model.forward(zeros([0, 5, 3])).output.shape).toEqual([0, 5, 8]);
    const hidden = draw([2, 2, 4], 1);
    expect(model.forward(zeros([2, 0, 3]), { hidden }).output.shape).toEqual([2, 0, 8]);
    expect(model.forward(zeros([2, 0, 3]), { hidden }).hidden.toArray()).toEqual(hidden.toArray());
    expect(model.forward(draw([2, 3, 3], 2), { hidden, lengths: [0, 0] }).hidden.toArray()).toEqual(
      hidden.toArray(),
    );
  });

  it('has the parameters of PyTorch, in its order', () => {
    expect(
      [...parameters(new GRU(3, 4, { layers: 2, bidirectional: true }))].map(
        ([name, { shape }]) => `${name} ${shape}`,
      ),
    ).toEqual(
      ['l0', 'l0_reverse', 'l1', 'l1_reverse'].flatMap((at) => [
        `weight_ih_${at} 12,${at.startsWith('l0') ? 3 : 8}`,
        `weight_hh_${at} 12,4`,
        `bias_ih_${at} 12`,
        `bias_hh_${at} 12`,
      ]),
    );
    expect([...parameters(new RNN(3, 4, { bias: false })).keys()]).toEqual(['weight_ih_l0', 'weight_hh_l0']);
  });

  it('refuses wrong shapes, lengths and sizes, and says what fits', () => {
    const model = new GRU(3, 4, { layers: 2 });
    expect(() => model.forward(zeros([2, 5, 4]))).toThrow(
      'GRU: x is float32[2, 5, 4]; expected [batch, length, 3].',
    );
    expect(() => model.forward(zeros([2, 5, 3]), { hidden: zeros([1, 2, 4]) })).toThrow(
      '[layers·directions, batch, width] = [2, 2, 4]',
    );
    expect(() => model.forward(zeros([2, 5, 3]), { lengths: [5] })).toThrow(
      'expected 2 whole numbers from 0 to 5',
    );
    expect(() => model.forward(zeros([2, 5, 3]), { lengths: [5, 6] })).toThrow('with 6 among them');
    expect(() => new LSTMCell(3, 4).forward(zeros([2, 4]))).toThrow(ShapeError);
    expect(() => new LSTMCell(3, 4).forward(zeros([2, 3]), { cell: zeros([2, 3]) })).toThrow('[2, 4]');
    expect(() => new RNN(3, 0)).toThrow('RNN: width is 0; expected a whole number from 1.');
  });
});
