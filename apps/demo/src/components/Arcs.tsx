// The sentence as the model reads it: every token, shaded by how much it is looked at, and arcs for the strongest looks. A token under
// the pointer or in focus shows where it looks, in per cent.

import { createEffect, createMemo, For, Index, type JSX, Show } from 'solid-js';
import { strongestArcs } from '../experiments/strongestArcs.ts';
import { texts } from '../i18n/texts.ts';
import { theme } from '../state/preferences.ts';
import { arcLayout, arcPath } from './arcGeometry.ts';
import { CopyMenu } from './CopyMenu.tsx';
import { rampColor, textOnRamp } from './colorRamp.ts';
import { elementWidth } from './elementWidth.ts';
import { percent } from './formatNumber.ts';

/** What is drawn. */
export interface ArcsProps {
  readonly label: string;
  readonly tokens: readonly string[];
  /** [n, n], row = the token that looks; undefined while weights are on their way. */
  readonly weights: Float32Array | undefined;
  /** The token whose looks are shown; undefined for all. */
  readonly chosen: number | undefined;
  readonly pinned: boolean;
  readonly onHover: (token: number | undefined) => void;
  readonly onPin: (token: number) => void;
}

const narrow = 560;

/** How much each token is looked at, by all tokens alike: column means, scaled so that the largest is 1. */
const received = (weights: Float32Array, n: number): number[] => {
  const sums = Array.from({ length: n }, (_, key) => {
    let sum = 0;
    for (let query = 0; query < n; query++) sum += weights[query * n + key] ?? 0;
    return sum / n;
  });
  const most = Math.max(...sums, 1e-9);
  return sums.map((sum) => (0.55 * sum) / most);
};

/** The picture. */
export const Arcs = (props: ArcsProps): JSX.Element => {
  let frame!: HTMLElement; // set by ref before onMount
  let svg!: SVGSVGElement;
  const width = elementWidth(() => frame);
  const widths = createMemo(() => {
    const context = document.createElement('canvas').getContext('2d');
    if (context === null || width() === 0) return props.tokens.map(() => 40);
    context.font = `15px ${getComputedStyle(frame).fontFamily}`;
    return props.tokens.map((token) => context.measureText(token).width);
  });
  const layout = createMemo(() =>
    arcLayout({ widths: widths(), width: width(), standing: width() < narrow }),
  );
  const count = createMemo(() => props.tokens.length);
  const arcs = createMemo(() => {
    const { weights } = props;
    return weights === undefined || weights.length !== count() ** 2 ? [] : strongestArcs(weights, count());
  });
  const shown = createMemo(() => {
    const { weights, chosen } = props;
    if (chosen === undefined || weights === undefined) return arcs();
    return Array.from({ length: count() }, (_, key) => ({
      query: chosen,
      key,
      weight: weights[chosen * count() + key] ?? 0,
    }))
      .filter(({ weight }) => weight >= 0.01)
      .sort((a, b) => a.weight - b.weight);
  });
  const shares = createMemo(() => {
    const { weights, chosen } = props;
    if (weights === undefined || weights.length !== count() ** 2) return undefined;
    return chosen === undefined
      ? received(weights, count())
      : Array.from(weights.subarray(chosen * count(), (chosen + 1) * count()));
  });
  createEffect(() => {
    if (props.chosen !== undefined && props.chosen >= count()) props.onHover(undefined);
  });
  const box = (index: number): { x: number; y: number; width: number; height: number } => {
    const { standing, places, bandStart, bandEnd } = layout();
    const { middle, length } = places[index] ?? { middle: 0, length: 0 };
    const across = bandEnd - bandStart;
    return standing
      ? { x: bandStart, y: middle - length / 2, width: across, height: length }
      : { x: middle - length / 2, y: bandStart, width: length, height: across };
  };
  const tokenLabel = (token: string, index: number): string => {
    const { weights } = props;
    if (weights === undefined) return token;
    const row = weights.subarray(index * count(), (index + 1) * count());
    const best = [...row.keys()].sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0)).slice(0, 3);
    return texts().arcs.looksAt(
      token,
      best.map((key) => `${props.tokens[key]} ${percent(row[key] ?? 0)}`).join(', '),
    );
  };
  return (
    <div class="arcs">
      <section class="arcs-frame" ref={frame} tabindex="-1" aria-label={props.label}>
        {/* biome-ignore lint/a11y/noSvgWithoutTitle: the section around it has the name, each token its own */}
        <svg
          ref={svg}
          width={layout().width}
          height={layout().height}
          onPointerLeave={() => props.onHover(undefined)}
        >
          <g class="arc-lines">
            <For each={shown()}>
              {(arc) => (
                <path
                  d={arcPath(layout(), arc.query, arc.key)}
                  style={{
                    'stroke-width': `${0.75 + 5 * arc.weight}px`,
                    opacity: props.chosen === undefined ? 0.12 + 0.8 * arc.weight : 0.25 + 0.75 * arc.weight,
                  }}
                />
              )}
            </For>
          </g>
          <For each={props.tokens}>
            {(token, index) => {
              const share = (): number => shares()?.[index()] ?? 0;
              const own = (): boolean => props.chosen === index();
              const place = createMemo(() => box(index()));
              return (
                // biome-ignore lint/a11y/useSemanticElements: a button inside an SVG
                <g
                  class="arc-token"
                  classList={{ own: own(), pinned: own() && props.pinned }}
                  role="button"
                  tabindex="0"
                  aria-pressed={own() && props.pinned}
                  aria-label={tokenLabel(token, index())}
                  onPointerEnter={(event) => event.pointerType !== 'touch' && props.onHover(index())}
                  onFocus={(event) => event.currentTarget.matches(':focus-visible') && props.onHover(index())}
                  onBlur={() => props.onHover(undefined)}
                  onClick={() => props.onPin(index())}
                  onKeyDown={(event) => {
                    if (event.key !== 'Enter' && event.key !== ' ') return;
                    event.preventDefault();
                    props.onPin(index());
                  }}
                >
                  <rect
                    {...place()}
                    rx="6"
                    style={{ fill: shares() === undefined ? 'var(--sunken)' : rampColor(theme(), share()) }}
                  />
                  <text
                    x={place().x + place().width / 2}
                    y={place().y + place().height / 2}
                    style={{ fill: shares() === undefined ? 'var(--ink)' : textOnRamp(theme(), share()) }}
                  >
                    {token}
                  </text>
                </g>
              );
            }}
          </For>
          <Show when={props.chosen !== undefined && props.weights !== undefined}>
            {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: these numbers stand in the tokens’ labels, and nothing in here takes focus */}
            <g aria-hidden="true">
              <Index each={shares() ?? []}>
                {(share, index) => (
                  <Show when={share() >= 0.005}>
                    <text
                      class="arc-share"
                      x={
                        layout().standing
                          ? box(index).x + box(index).width + 6
                          : box(index).x + box(index).width / 2
                      }
                      y={
                        layout().standing
                          ? box(index).y + box(index).height / 2
                          : box(index).y + box(index).height + 13
                      }
                      style={{ 'text-anchor': layout().standing ? 'start' : 'middle' }}
                    >
                      {percent(share())}
                    </text>
                  </Show>
                )}
              </Index>
            </g>
          </Show>
        </svg>
      </section>
      <div class="arcs-foot">
        <p class="hint">{layout().standing ? texts().arcs.sidesStanding : texts().arcs.sidesLying}</p>
        <CopyMenu
          name={props.label}
          svg={() => svg}
          json={() => ({ tokens: props.tokens, weights: Array.from(props.weights ?? []) })}
        />
      </div>
    </div>
  );
};
