// Pass: what travels with one forward pass and changes what it does. There is no train() or eval(): a pass with a random source
// is a training pass.

import type { Random } from '../random.ts';
import type { Tensor } from '../tensor.ts';

/** The last argument of every `forward`. */
export interface Pass {
  /** Source of dropout; without it there is no dropout. */
  readonly random?: Random | undefined;
  /** Is told intermediate results by name (attention maps, hidden states). Inside `inference` it must `keep` what it wants to hold. */
  readonly observe?: ((name: string, value: Tensor) => void) | undefined;
}

/** The same pass with `prefix.` before every observed name. */
export const within = <P extends Pass>(pass: P, prefix: string): P => {
  const { observe } = pass;
  return observe === undefined
    ? pass
    : { ...pass, observe: (name, value) => observe(`${prefix}.${name}`, value) };
};
