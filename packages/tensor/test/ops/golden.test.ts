// PyTorch's numbers: values and gradients of every golden case of the ops that this package has, on every engine.
import { expectClose, shared, skipReason } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import { type AnyTensor, inference, type Tensor, useBackend, variable } from '../../src/index.ts';
import { backends } from '../backends.ts';
import {
  expectCase,
  type GoldenCase,
  mapValues,
  packedCases,
  tensorFrom,
  wholeCases,
} from '../goldenCases.ts';
import { goldenOps, isTensor, leftOut } from './goldenOps.ts';

const resultsOf = (
  one: GoldenCase,
  inputs: Readonly<Record<string, AnyTensor>>,
): Readonly<Record<string, AnyTensor>> => {
  const run = goldenOps[one.op];
  if (run === undefined) throw new Error(`no expression for ${one.op}`);
  const result = run(inputs, one.options);
  return isTensor(result) ? { output: result } : result;
};

const check = (one: GoldenCase): void => {
  const inputs = mapValues(one.inputs, (stored, name) =>
    name in one.gradients ? variable(tensorFrom(stored) as Tensor) : tensorFrom(stored),
  );
  expectCase(one, resultsOf(one, inputs), inputs);
};

const suite = (title: string, cases: readonly GoldenCase[]): void => {
  const known = cases.filter((one) => one.op in goldenOps && !(one.name in leftOut));
  describe.each(backends)(`${title}, $name`, ({ backend }) => {
    it.each(known)('$name', (one) => {
      using _ = useBackend(backend);
      check(one);
    });

    it('gives the same values inside inference, bit by bit', () => {
      using _ = useBackend(backend);
      for (const one of known) {
        const inputs = mapValues(one.inputs, tensorFrom);
        const outside = resultsOf(one, inputs);
        const inside = inference(() => ({ ...resultsOf(one, inputs) }));
        for (const [name, expected] of Object.entries(outside))
          expectClose(inside[name] as AnyTensor, expected, { name: `${one.name} ${name}` });
      }
    });
  });

  it(`${title}: every case is run, but ${Object.entries(leftOut).map((why) => why.join(': '))}`, () => {
    expect(cases.length - known.length).toBe(cases.filter(({ name }) => name in leftOut).length);
    expect(new Set(known.map(({ op }) => op)).size).toBe(Object.keys(goldenOps).length); // every expression is used
  });
};

suite('golden ops of this repository', packedCases('ops.json.gz'));

const folder = shared('data/golden/ops');
describe.skipIf(folder === undefined)(`the whole group${skipReason('data/golden/ops')}`, () => {
  if (folder !== undefined) suite('golden ops', wholeCases(folder));
});
