// The key heads of a layer of the loaded model merged into fewer, in portions.

import { parameters } from '@heed/tensor/nn';
import { conversionPoint, trainedLayer } from '../experiments/headConversion.ts';
import type { ConversionPoint } from '../experiments/headConversionWays.ts';
import type { Calls } from '../protocol.ts';
import { nextTurn } from './nextTurn.ts';
import type { LoadedModel } from './readSentences.ts';

/** Reads the text, converts the layer in each way, and tells what comes of it. */
export const convertHeads = async (
  { extract }: LoadedModel,
  { text, layer, ways }: Calls['convertHeads']['input'],
  { signal, tell }: { readonly signal: AbortSignal; tell(event: ConversionPoint): void },
): Promise<undefined> => {
  if (extract === undefined) throw new Error('convertHeads: no weights yet; wait for the result of open.');
  const { heads, module } = extract.model;
  const hidden = extract(text, { output: { hiddenStates: true } }).hiddenStates?.[layer];
  const trained = trainedLayer(parameters(module), layer);
  if (hidden === undefined || trained === undefined)
    throw new RangeError(`convertHeads: layer ${layer} of ${extract.model.layers}; expected one from 0.`);
  const x = trained.enter(hidden);
  for (const conversion of ways) {
    await nextTurn(); // newer text may have come meanwhile
    signal.throwIfAborted();
    tell(conversionPoint(trained.weights, x, { heads, ...conversion }));
  }
  return undefined;
};
