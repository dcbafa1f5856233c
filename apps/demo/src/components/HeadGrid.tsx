// Layers × heads as a map to navigate by: a thumbnail a head, one of them chosen; arrow keys move the choice.

import { createMemo, For, type JSX, Show } from 'solid-js';
import type { HeadMap, HeadPlace } from '../experiments/headMaps.ts';
import { texts } from '../i18n/texts.ts';
import { fixed } from './formatNumber.ts';
import { MiniMap } from './MiniMap.tsx';

/** What is shown and chosen. */
export interface HeadGridProps {
  readonly layers: number;
  readonly heads: number;
  /** Tokens a side of each map. */
  readonly size: number;
  /** Maps of the heads that have arrived. */
  readonly maps: readonly HeadMap[];
  readonly chosen: HeadPlace;
  readonly onChoose: (place: HeadPlace) => void;
  /** What stands under a map, and is told with it: a few characters. */
  readonly caption?: (map: HeadMap) => string;
}

/** The grid. */
export const HeadGrid = (props: HeadGridProps): JSX.Element => {
  const buttons = new Map<string, HTMLButtonElement>();
  const key = ({ layer, head }: HeadPlace): string => `${layer}.${head}`;
  const places = createMemo(() =>
    Array.from({ length: props.layers }, (_, layer) =>
      Array.from({ length: props.heads }, (_, head) => ({ layer, head })),
    ),
  );
  const chosen = (place: HeadPlace): boolean => key(props.chosen) === key(place);
  const byPlace = createMemo(() => new Map(props.maps.map((map) => [key(map), map])));
  const mapOf = (place: HeadPlace) => byPlace().get(key(place));
  const caption = (place: HeadPlace): string => {
    const map = mapOf(place);
    return map === undefined ? '' : (props.caption?.(map) ?? '');
  };
  const choose = (place: HeadPlace): void => {
    props.onChoose(place);
    buttons.get(key(place))?.focus();
  };
  const onKeyDown = (event: KeyboardEvent, { layer, head }: HeadPlace): void => {
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    choose({
      layer: (layer + move[0] + props.layers) % props.layers,
      head: (head + move[1] + props.heads) % props.heads,
    });
  };
  const label = (place: HeadPlace): string => {
    const entropy = mapOf(place)?.statistics.entropy;
    return [
      texts().look.head(place.layer + 1, place.head + 1),
      entropy === undefined ? '' : texts().look.headFacts(fixed(entropy, 1)),
      caption(place),
    ]
      .filter((part) => part !== '')
      .join(', ');
  };
  return (
    <div
      class="head-grid"
      role="radiogroup"
      aria-label={texts().look.heads}
      style={{ '--heads': String(props.heads) }}
    >
      <For each={places()}>
        {(row, layer) => (
          <>
            <span class="head-layer" aria-hidden="true">
              {layer() + 1}
            </span>
            <For each={row}>
              {(place) => (
                <span class="head-slot">
                  {/* biome-ignore lint/a11y/useSemanticElements: a picture to choose, with arrow keys in two directions */}
                  <button
                    ref={(element) => buttons.set(key(place), element)}
                    type="button"
                    role="radio"
                    class="head-cell"
                    aria-checked={chosen(place)}
                    aria-label={label(place)}
                    title={label(place)}
                    tabindex={chosen(place) ? 0 : -1}
                    onClick={() => choose(place)}
                    onKeyDown={(event) => onKeyDown(event, place)}
                  >
                    <MiniMap
                      values={mapOf(place)?.weights ?? new Float32Array(0)}
                      rows={props.size}
                      columns={props.size}
                    />
                  </button>
                  <Show when={caption(place) !== ''}>
                    <span class="head-caption" aria-hidden="true">
                      {caption(place)}
                    </span>
                  </Show>
                </span>
              )}
            </For>
          </>
        )}
      </For>
      <span />
      <For each={places()[0] ?? []}>
        {(place) => (
          <span class="head-number" aria-hidden="true">
            {place.head + 1}
          </span>
        )}
      </For>
    </div>
  );
};
