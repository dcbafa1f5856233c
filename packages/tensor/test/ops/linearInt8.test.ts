// Products with weights of 8-bit integers against the golden cases of their rule, and the bound of what coding costs.
import path from 'node:path';
import { expectClose, forAll, golden, noise } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { codeRow } from '../../src/backend/js/int8.ts';
import {
  int8Weight,
  linear,
  linearInt8,
  noGrad,
  type RowCoding,
  random,
  Tensor,
  tensor,
  useBackend,
  variable,
} from '../../src/index.ts';
import { initialize, Linear, parameters, quantize } from '../../src/nn/index.ts';
import { backends } from '../backends.ts';

interface Case {
  readonly name: string;
  readonly asymmetric: boolean;
  readonly tensors: Readonly<Record<string, { dtype: 'F32' | 'I32'; shape: number[]; base64: string }>>;
}

const cases = golden<Case[]>(path.join(import.meta.dirname, '..'), 'int8.json.gz');

const numbers = (it: Case, name: string): Float32Array | Int32Array => {
  const { dtype, base64 } = it.tensors[name] as Case['tensors'][string]; // the cases have what is asked for
  const { buffer } = new Uint8Array(Buffer.from(base64, 'base64'));
  return dtype === 'F32' ? new Float32Array(buffer) : new Int32Array(buffer);
};
const floats = (it: Case, name: string): Tensor =>
  new Tensor(
    'float32',
    (it.tensors[name] as Case['tensors'][string]).shape,
    numbers(it, name) as Float32Array,
  );

const codingOf = ({ asymmetric }: Case): RowCoding => (asymmetric ? 'asymmetric' : 'symmetric');

describe.each(cases.map((it) => [it.name, it] as const))('golden case %s', (_, it) => {
  const weight = int8Weight(floats(it, 'weight'));
  const x = floats(it, 'input');
  const [outputs, inputs] = weight.shape;
  const rows = x.size / inputs;

  test('codes and scales of the weight are equal', () => {
    expect([...weight.codes]).toEqual([...numbers(it, 'weight_codes')]);
    expectClose(weight.scales, numbers(it, 'weight_scale') as Float32Array, { relative: 2 ** -24 });
  });

  test('codes and scales of the rows and the integer sums are equal', () => {
    const codes = numbers(it, 'input_codes');
    const zeros = it.asymmetric ? numbers(it, 'input_zero') : new Int32Array(rows);
    const scales = numbers(it, 'input_scale');
    const sums: number[] = [];
    for (let row = 0; row < rows; row++) {
      const coded = new Int16Array(inputs);
      const scale = codeRow(x.data.subarray(row * inputs, (row + 1) * inputs), coded, codingOf(it));
      // The cases are of float64: a difference and a quotient of float32 are each off by 2⁻²⁴ at most.
      expectClose(scale, scales[row] as number, { relative: 2 ** -23 });
      expect([...coded]).toEqual(
        [...codes.subarray(row * inputs, (row + 1) * inputs)].map((code) => code - (zeros[row] as number)),
      );
      for (let j = 0; j < outputs; j++)
        sums.push(coded.reduce((sum, code, k) => sum + code * (weight.codes[j * inputs + k] as number), 0));
    }
    expect(sums).toEqual([...numbers(it, 'accumulator')]);
  });

  test.each(backends)('the result on $name', ({ backend }) => {
    using _backend = useBackend(backend);
    const bias = it.tensors.bias === undefined ? {} : { bias: floats(it, 'bias') };
    const y = linearInt8(x, weight, { ...bias, rows: codingOf(it) });
    expect(y.shape).toEqual(it.tensors.output?.shape);
    expectClose(y.data, numbers(it, 'output') as Float32Array, { absolute: 1e-5, relative: 1e-5 });
  });
});

describe('coding', () => {
  it('moves each result by no more than half a step of each factor allows', () => {
    forAll(
      [
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 90 }),
        fc.constantFrom<RowCoding>('fine', 'symmetric', 'asymmetric'),
        fc.integer({ min: 1, max: 1e6 }),
      ],
      (rows, inputs, coding, seed) => {
        const outputs = 7;
        const x = new Tensor('float32', [rows, inputs], noise([rows, inputs], seed).data);
        const weight = new Tensor('float32', [outputs, inputs], noise([outputs, inputs], seed + 1).data);
        const stored = int8Weight(weight);
        const exact = linear(x, weight).data;
        const coded = linearInt8(x, stored, { rows: coding }).data;
        for (let i = 0; i < rows; i++) {
          const row = x.data.subarray(i * inputs, (i + 1) * inputs);
          const step = codeRow(row, new Int16Array(inputs), coding);
          // The zero point is rounded too: at the ends of the range a code may be cut by half a step more.
          const half = coding === 'asymmetric' ? step : step / 2;
          for (let j = 0; j < outputs; j++) {
            let bound = 1e-5;
            for (let k = 0; k < inputs; k++) {
              const [a, b] = [Math.abs(row[k] as number), Math.abs(weight.data[j * inputs + k] as number)];
              const halfWeight = (stored.scales[j] as number) / 2;
              bound += half * b + halfWeight * a + half * halfWeight;
            }
            expect(
              Math.abs((coded[i * outputs + j] as number) - (exact[i * outputs + j] as number)),
            ).toBeLessThan(bound);
          }
        }
      },
    );
  });

  it('in fine steps loses less than in 8 bits', () => {
    const x = new Tensor('float32', [4, 300], noise([4, 300], 1).data);
    const weight = new Tensor('float32', [9, 300], noise([9, 300], 2).data);
    const stored = int8Weight(weight);
    const loss = (coding: RowCoding, than: Tensor): number => {
      const coded = linearInt8(x, stored, { rows: coding }).data;
      return Math.hypot(...coded.map((value, i) => value - (than.data[i] as number))); // as many
    };
    const rounded = new Tensor(
      'float32',
      [9, 300],
      Float32Array.from(stored.codes, (code, i) => code * (stored.scales[Math.floor(i / 300)] as number)),
    );
    // Against the weight as it is stored only the coding of the rows is lost: 32767 steps instead of 127.
    expect(loss('fine', linear(x, rounded)) * 100).toBeLessThan(loss('symmetric', linear(x, rounded)));
    expect(loss('fine', linear(x, weight))).toBeLessThan(loss('symmetric', linear(x, weight)));
  });

  it('refuses weights that have no code, operands that do not fit, and gradients, each with what to do', () => {
    expect(() => int8Weight(tensor([1, 2]))).toThrow(
      /int8Weight: weight float32\[2\]; expected \[outputs, inputs\]/,
    );
    expect(() => int8Weight(tensor([[1, Number.NaN]]))).toThrow(/NaN or infinite.*Mend the weight/);
    expect(() => int8Weight(new Tensor('float32', [1, 70_000], new Float32Array(70_000)))).toThrow(
      /70000 inputs; at most 65536.*Split/,
    );
    const weight = int8Weight(tensor([[1, 2]]));
    expect(() => linearInt8(tensor([[1, 2, 3]]), weight)).toThrow(/x float32\[1, 3\], weight int8\[1, 2\]/);
    expect(() => linearInt8(variable(tensor([[1, 2]])), weight)).toThrow(/have none.*inference/);
    expect(noGrad(() => linearInt8(variable(tensor([[0, 0]])), weight)).toArray()).toEqual([[0]]);
  });

  it('gives no rows for no rows, and the bias where there are no inputs', () => {
    const empty = int8Weight(new Tensor('float32', [2, 0], new Float32Array(0)));
    expect(
      linearInt8(new Tensor('float32', [0, 2], new Float32Array(0)), int8Weight(tensor([[1, 2]]))).shape,
    ).toEqual([0, 1]);
    const x = new Tensor('float32', [3, 0], new Float32Array(0));
    expect(linearInt8(x, empty, { bias: tensor([4, 5]) }).toArray()).toEqual([
      [4, 5],
      [4, 5],
      [4, 5],
    ]);
  });
});

describe('quantize', () => {
  const model = () => {
    const tied = new Linear(6, 4);
    return initialize(
      {
        first: new Linear(5, 6),
        layers: [tied, new Linear(6, 6, { bias: false })],
        table: { weight: tied.weight },
      },
      random(1),
    );
  };

  it('stores every Linear of a model in integers but those whose weight stands elsewhere too, near to the float32 result', () => {
    const [floating, stored] = [model(), quantize(model())];
    const x = new Tensor('float32', [3, 5], noise([3, 5], 2).data);
    const [before, after] = [floating, stored].map((one) => noGrad(() => one.first.forward(x, 'relu')));
    expectClose(after?.data as Float32Array, before?.data as Float32Array, { absolute: 0.02 });
    expect([...parameters(stored).values()].map((weight) => weight.filled)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  it('says where the float32 values went, takes them back when they are filled in again, and can be asked twice', () => {
    const { first } = quantize(quantize(model()));
    expect(() => first.weight.data).toThrow(/stored as 8-bit integers.*Load the model again/);
    first.weight.thaw();
    expect(() => first.forward(tensor([[1, 2, 3, 4, 5]]))).toThrow(/gradient is asked of weight.*8-bit/);
    first.weight.freeze();
    const values = noise([30], 4).data;
    first.weight.fill(values);
    const x = new Tensor('float32', [1, 5], noise([1, 5], 5).data);
    const expected = noGrad(() => linear(x, new Tensor('float32', [6, 5], values), first.bias));
    expectClose(noGrad(() => first.forward(x)).data, expected.data, { absolute: 1e-5 });
  });
});
