// A loaded ONNX model as a contender: what it computes of the same inputs, time and again.

import type { Contender } from '../contender.ts';
import type { OnnxInput, OnnxModel } from './onnxRuntime.ts';

/** Computes the model's first output; `arranged` puts it into the order in which others give theirs. */
export const onnxContender = (
  name: string,
  model: OnnxModel,
  {
    inputs,
    arranged = (output) => output,
  }: {
    readonly inputs: Readonly<Record<string, OnnxInput>>;
    readonly arranged?: (output: Float32Array) => Float32Array;
  },
): Contender => {
  let result: Float32Array = new Float32Array();
  return {
    name,
    run: async () => {
      result = await model.run(inputs);
    },
    output: () => arranged(result),
    dispose: () => model.dispose(),
  };
};
