// Reference kernels of recurrent cells: plain loops, float64 within, rounded where they are stored. Arrays have the contract's sizes.

import type {
  GruGatesCall,
  GruGatesGradientCall,
  LstmGatesCall,
  LstmGatesGradientCall,
} from '../recurrentKernels.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Calls back with the place of each number of a state and of its first gate. */
const eachUnit = (
  { rows, width }: { readonly rows: number; readonly width: number },
  gates: number,
  visit: (at: number, gate: number) => void,
): void => {
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < width; j++) visit(row * width + j, row * gates * width + j);
};

/** See LstmGatesCall. Hochreiter and Schmidhuber 1997, with the forget gate of Gers 2000. */
export const lstmGates = (call: LstmGatesCall): void => {
  const { width, gates, recurrent, cell, nextCell, squashed, nextHidden } = call;
  eachUnit(call, 4, (at, gate) => {
    const sum = (block: number): number =>
      (gates[gate + block * width] as number) + (recurrent[gate + block * width] as number);
    const [i, f, g, o] = [sigmoid(sum(0)), sigmoid(sum(1)), Math.tanh(sum(2)), sigmoid(sum(3))];
    const next = f * (cell[at] as number) + i * g;
    gates[gate] = i;
    gates[gate + width] = f;
    gates[gate + 2 * width] = g;
    gates[gate + 3 * width] = o;
    nextCell[at] = next;
    squashed[at] = Math.tanh(next);
    nextHidden[at] = o * Math.tanh(next);
  });
};

/** See LstmGatesGradientCall. */
export const lstmGatesGradient = (call: LstmGatesGradientCall): void => {
  const { width, gates, cell, squashed, nextHiddenGradient, nextCellGradient, cellGradient } = call;
  eachUnit(call, 4, (at, gate) => {
    const [i, f] = [gates[gate] as number, gates[gate + width] as number];
    const [g, o] = [gates[gate + 2 * width] as number, gates[gate + 3 * width] as number];
    const y = squashed[at] as number;
    const hiddenSlope = nextHiddenGradient[at] as number;
    const slope = (nextCellGradient[at] as number) + hiddenSlope * o * (1 - y * y);
    gates[gate] = slope * g * i * (1 - i);
    gates[gate + width] = slope * (cell[at] as number) * f * (1 - f);
    gates[gate + 2 * width] = slope * i * (1 - g * g);
    gates[gate + 3 * width] = hiddenSlope * y * o * (1 - o);
    cellGradient[at] = slope * f;
  });
};

/** See GruGatesCall. Cho 2014 (arXiv:1406.1078), with the reset gate after the product as in cuDNN and PyTorch. */
export const gruGates = (call: GruGatesCall): void => {
  const { width, gates, recurrent, hidden, kept, nextHidden } = call;
  eachUnit(call, 3, (at, gate) => {
    const r = sigmoid((gates[gate] as number) + (recurrent[gate] as number));
    const z = sigmoid((gates[gate + width] as number) + (recurrent[gate + width] as number));
    const fromHidden = recurrent[gate + 2 * width] as number;
    const n = Math.tanh((gates[gate + 2 * width] as number) + r * fromHidden);
    gates[gate] = r;
    gates[gate + width] = z;
    gates[gate + 2 * width] = n;
    kept[at] = fromHidden;
    nextHidden[at] = n + z * ((hidden[at] as number) - n);
  });
};

/** See GruGatesGradientCall. */
export const gruGatesGradient = (call: GruGatesGradientCall): void => {
  const { width, gates, recurrent, hidden, kept, nextHiddenGradient, hiddenGradient } = call;
  eachUnit(call, 3, (at, gate) => {
    const [r, z] = [gates[gate] as number, gates[gate + width] as number];
    const n = gates[gate + 2 * width] as number;
    const g = nextHiddenGradient[at] as number;
    const nSlope = g * (1 - z) * (1 - n * n);
    const zSlope = g * ((hidden[at] as number) - n) * z * (1 - z);
    const rSlope = nSlope * (kept[at] as number) * r * (1 - r);
    gates[gate] = recurrent[gate] = rSlope;
    gates[gate + width] = recurrent[gate + width] = zSlope;
    gates[gate + 2 * width] = nSlope;
    recurrent[gate + 2 * width] = nSlope * r;
    hiddenGradient[at] = g * z;
  });
};
