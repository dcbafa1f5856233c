// The mask twice: element by element, with what a stack of layers lets through, and tile by tile, as the kernel reads it.

import { createMemo, For, type JSX } from 'solid-js';
import { rampColor } from '../../components/colorRamp.ts';
import { Matrix } from '../../components/Matrix.tsx';
import { never } from '../../experiments/maskFacts.ts';
import { texts } from '../../i18n/texts.ts';
import { theme } from '../../state/preferences.ts';
import { type MaskFacts, maskState } from './maskState.ts';

const words = () => texts().masks;
/** Shade of what is not seen but has been heard of, and of a tile of which some is seen. */
const pale = 0.3;
/** Shade of what is seen: not the ramp's darkest end, so that the reader's cursor stands out. */
const dark = 0.75;

const numbers = (count: number, width: number): string[] =>
  Array.from({ length: count }, (_, index) =>
    width === 1 ? String(index) : `${index * width}–${Math.min(maskState.length(), (index + 1) * width) - 1}`,
  );

/** What the shades mean. */
const Swatches = (props: {
  readonly of: readonly (readonly [shade: number, name: string])[];
}): JSX.Element => (
  <p class="mask-swatches">
    <For each={props.of}>
      {([shade, name]) => (
        <span>
          <span class="mask-swatch" style={{ background: rampColor(theme(), shade) }} aria-hidden="true" />
          {name}
        </span>
      )}
    </For>
  </p>
);

/** Both pictures. */
export const MaskPictures = (props: { readonly facts: MaskFacts }): JSX.Element => {
  const labels = createMemo(() => numbers(maskState.length(), 1));
  const tileLabels = createMemo(() => numbers(props.facts.tiles().rows, maskState.tile()));
  const elements = createMemo(() => {
    const { seen } = props.facts.elements();
    const { layers } = props.facts.reach();
    const depth = maskState.depth();
    return Float32Array.from(seen, (bit, at) => {
      if (bit === 1) return dark;
      return depth > 1 && (layers[at] ?? never) <= depth ? pale : 0;
    });
  });
  const tiles = createMemo(() =>
    Float32Array.from(props.facts.tiles().coverage, (coverage) => [0, pale, dark][coverage] ?? 0),
  );
  const element = (query: number, key: number): string => {
    const at = query * maskState.length() + key;
    if (props.facts.elements().seen[at] === 1) return words().elementSeen(query, key);
    const layers = props.facts.reach().layers[at] ?? never;
    return layers === never || layers < 2
      ? words().elementHidden(query, key)
      : words().elementReached(query, key, layers);
  };
  const tile = (row: number, column: number): string => {
    const coverage = props.facts.tiles().coverage[row * props.facts.tiles().columns + column] ?? 0;
    const { none, some, all } = words().tileWhat;
    return words().tileRead(
      tileLabels()[row] ?? '',
      tileLabels()[column] ?? '',
      [none, some, all][coverage] ?? '',
    );
  };
  return (
    <div class="train-pictures mask-pictures">
      <section class="card map">
        <div class="card-head">
          <h3>{words().elements}</h3>
        </div>
        <Swatches
          of={[
            [dark, words().seen],
            ...(maskState.depth() > 1 ? [[pale, words().heard(maskState.depth())] as const] : []),
            [0, words().hidden],
          ]}
        />
        <Matrix
          label={words().elements}
          rows={labels()}
          columns={labels()}
          values={elements()}
          rowTitle={words().query}
          columnTitle={words().key}
          format={(value) =>
            value === 0 ? words().hidden : value < dark ? words().heard(maskState.depth()) : words().seen
          }
          legend={false}
          leastCell={2}
          describe={({ row, column }) => element(row, column)}
        />
      </section>
      <section class="card map">
        <div class="card-head">
          <h3>{words().tiles}</h3>
        </div>
        <Swatches
          of={[
            [dark, words().tileAll],
            [pale, words().tileSome],
            [0, words().tileNone],
          ]}
        />
        <Matrix
          label={words().tiles}
          rows={tileLabels()}
          columns={tileLabels()}
          values={tiles()}
          rowTitle={words().query}
          columnTitle={words().key}
          format={(value) =>
            value === 0 ? words().tileNone : value < dark ? words().tileSome : words().tileAll
          }
          legend={false}
          leastCell={2}
          describe={({ row, column }) => tile(row, column)}
          mostCell={64}
        />
      </section>
    </div>
  );
};
