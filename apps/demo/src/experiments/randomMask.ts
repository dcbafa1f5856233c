// A composition of masks that a seed draws: for readers who want to be surprised, and for tests.

import type { Random } from '@heed/tensor';
import { type Parameter, partNames, parts } from './maskParts.ts';
import type { MaskSpec } from './maskSpec.ts';

const whole = (source: Random, count: number): number => Math.floor(source.uniform() * count);

/** A value that makes sense for so many tokens, of those that the parameter allows. */
const drawn = ({ name, least, most, step = 1 }: Parameter, source: Random, length: number): number => {
  const small = name === 'dilation' || name.endsWith('Blocks') ? 4 : length / 2;
  const reach = Math.max(1, Math.min(most - least, Math.ceil(small)));
  return least + step * whole(source, Math.ceil(reach / step));
};

const randomPart = (source: Random, length: number): MaskSpec => {
  const kind = partNames[whole(source, partNames.length)] ?? 'causal';
  const { parameters, rest } = parts[kind];
  const values = parameters.map((parameter) => drawn(parameter, source, length));
  const further = rest === undefined ? 0 : 1 + whole(source, 3);
  for (let k = 0; k < further && rest !== undefined; k++) values.push(drawn(rest, source, length));
  return { kind, values };
};

/** A composition of one to about six parts, for `length` tokens. */
export const randomMask = (source: Random, length: number, depth = 2): MaskSpec => {
  const draw = source.uniform();
  if (depth === 0 || draw < 0.3) return randomPart(source, length);
  if (draw < 0.4) return { kind: 'not', part: randomMask(source, length, depth - 1) };
  const kind = draw < 0.7 ? 'and' : 'or';
  return {
    kind,
    parts: Array.from({ length: 2 + whole(source, 2) }, () => randomMask(source, length, depth - 1)),
  };
};
