// The mask in writing: printed as booleans, as code, as JSON.

import { maskCode, maskToJson } from '@heed/attention';
import type { JSX } from 'solid-js';
import { Code } from '../../components/Code.tsx';
import { Segmented } from '../../components/Segmented.tsx';
import { texts } from '../../i18n/texts.ts';
import { type MaskFacts, maskState, type PrintShow } from './maskState.ts';
import { maskPrint } from './maskWriting.ts';

const words = () => texts().masks;
/** Tokens that are printed: as many as the notes print. */
const printed = 5;

/** All three. */
export const MaskWritings = (props: { readonly facts: MaskFacts }): JSX.Element => {
  const count = (): number => Math.min(printed, maskState.length());
  const shows: readonly PrintShow[] = ['hidden', 'kept'];
  return (
    <section class="card mask-writings">
      <div class="mask-print">
        <h3>{words().print}</h3>
        <p class="hint">{words().printHint(count())}</p>
        <Segmented
          label={words().show}
          options={shows.map((value) => ({ value, label: words().shows[value] }))}
          value={maskState.show()}
          onChange={maskState.setShow}
        />
        <Code
          text={maskPrint(props.facts.mask(), {
            length: maskState.length(),
            count: count(),
            show: maskState.show(),
          })}
        />
      </div>
      <div>
        <h3>{words().code}</h3>
        <Code text={maskCode(props.facts.mask())} />
        <h3>{words().json}</h3>
        <Code text={JSON.stringify(maskToJson(props.facts.mask()))} />
      </div>
    </section>
  );
};
