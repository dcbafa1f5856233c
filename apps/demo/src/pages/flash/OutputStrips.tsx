// Three outputs beside each other, at the tile at work: of the softmax of whole rows, of the merged states, and of the notes' sum.

import { createMemo, For, type JSX } from 'solid-js';
import { Cells } from '../../components/Cells.tsx';
import { elementWidth } from '../../components/elementWidth.ts';
import { magnitude } from '../../components/formatNumber.ts';
import type { FlashRun } from '../../experiments/flashOptions.ts';
import { texts } from '../../i18n/texts.ts';

/** The strips. */
export const OutputStrips = (props: { readonly run: FlashRun; readonly shown: number }): JSX.Element => {
  let frame!: HTMLDivElement; // set by ref before onMount
  const width = elementWidth(() => frame);
  const words = () => texts().flash.tiles;
  const cell = (): number => Math.max(4, Math.min(15, Math.floor(width() / props.run.options.length)));
  const domain = createMemo((): readonly [number, number] => {
    const most = props.run.dense.reduce((top, value) => Math.max(top, Math.abs(value)), 1e-9);
    return [-most, most];
  });
  const strips = createMemo(() => {
    const { steps, errors, blockSumErrors, dense } = props.run;
    const [step, at] = [steps[props.shown - 1], props.shown - 1];
    const zeros = new Float32Array(dense.length);
    return [
      { name: words().exact, values: dense, error: undefined },
      { name: words().merged, values: step?.output ?? zeros, error: errors[at]?.largest },
      { name: words().noted, values: step?.blockSum ?? zeros, error: blockSumErrors[at]?.largest },
    ];
  });
  return (
    <div class="strips" ref={frame}>
      <For each={strips()}>
        {(strip) => (
          <figure>
            <figcaption>
              <strong>{strip.name}</strong>
              <span class="number">
                {strip.error === undefined ? '' : words().off(magnitude(strip.error))}
              </span>
            </figcaption>
            <svg
              width={cell() * props.run.options.length}
              height={cell() * props.run.options.depth}
              role="img"
              aria-label={strip.name}
            >
              <Cells
                values={strip.values}
                rows={props.run.options.length}
                columns={props.run.options.depth}
                domain={domain()}
                tone="value"
                x={0}
                y={0}
                cell={cell()}
                turned
              />
            </svg>
          </figure>
        )}
      </For>
    </div>
  );
};
