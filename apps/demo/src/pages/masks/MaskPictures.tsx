// The mask twice: element by element, with what a stack of layers lets through, and tile by tile, as the kernel reads it.

import { createMemo, type JSX } from 'solid-js';
import { Matrix } from '../../components/Matrix.tsx';
import { never } from '../../experiments/maskFacts.ts';
import { texts } from '../../i18n/texts.ts';
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
          <p class="hint">{words().elementsHint(maskState.depth())}</p>
        </div>
        <Matrix
          label={words().elements}
          rows={labels()}
          columns={labels()}
          values={elements()}
          rowTitle={words().query}
          columnTitle={words().key}
          format={(value) => (value < pale ? words().hidden : words().seen)}
          legend={false}
          describe={({ row, column }) => element(row, column)}
        />
      </section>
      <section class="card map">
        <div class="card-head">
          <h3>{words().tiles}</h3>
          <p class="hint">{words().tilesHint}</p>
        </div>
        <Matrix
          label={words().tiles}
          rows={tileLabels()}
          columns={tileLabels()}
          values={tiles()}
          rowTitle={words().query}
          columnTitle={words().key}
          format={(value) =>
            value === 0 ? words().visitNone : value < dark ? words().seen : words().visitAll
          }
          legend={false}
          describe={({ row, column }) => tile(row, column)}
          mostCell={64}
        />
      </section>
    </div>
  );
};
