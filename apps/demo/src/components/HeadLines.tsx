// The head view: the sentence twice, tokens that look at the left, tokens that are looked at at the right, a line for each look. One token in
// focus shows its own lines alone. Vig 2019 (arXiv:1906.05714). For one row of tokens with arcs see Arcs.

import { createMemo, createSignal, For, type JSX } from 'solid-js';
import { strongestArcs } from '../experiments/strongestArcs.ts';
import { texts } from '../i18n/texts.ts';
import { theme } from '../state/preferences.ts';
import { CopyMenu } from './CopyMenu.tsx';
import { rampColor, textOnRamp } from './colorRamp.ts';
import { elementWidth } from './elementWidth.ts';
import { percent } from './formatNumber.ts';

/** What is drawn. */
export interface HeadLinesProps {
  readonly label: string;
  readonly tokens: readonly string[];
  /** [n, n], row = the token that looks; undefined while weights are on their way. */
  readonly weights: Float32Array | undefined;
  /** The token whose looks are shown; undefined for all. */
  readonly chosen: number | undefined;
  readonly pinned: number | undefined;
  readonly rowTitle: string;
  readonly columnTitle: string;
  readonly onHover: (token: number | undefined) => void;
  readonly onPin: (token: number) => void;
}

type Side = 'query' | 'key';

const top = 26;
const gap = 6;

/** The picture. */
export const HeadLines = (props: HeadLinesProps): JSX.Element => {
  let frame!: HTMLElement; // set by ref before onMount
  let svg!: SVGSVGElement;
  const width = elementWidth(() => frame);
  const [key, setKey] = createSignal<number>(); // a token at the right under the pointer or in focus
  const count = createMemo(() => props.tokens.length);
  const row = (): number => (count() > 48 ? 18 : count() > 24 ? 22 : 27);
  const middle = (index: number): number => top + (index + 0.5) * row();
  const height = (): number => top + count() * row() + 4;
  const column = createMemo(() => {
    const context = document.createElement('canvas').getContext('2d');
    if (context === null || width() === 0) return 80;
    context.font = `14px ${getComputedStyle(frame).fontFamily}`;
    const widest = [...props.tokens, props.rowTitle, props.columnTitle].reduce(
      (most, text) => Math.max(most, context.measureText(text).width),
      30,
    );
    return Math.min(widest + 16, 0.34 * width());
  });
  const known = createMemo(() =>
    props.weights?.length === count() ** 2 && count() > 0 ? props.weights : undefined,
  );
  const at = (query: number, other: number): number => known()?.[query * count() + other] ?? 0;
  const places = createMemo(() => Array.from({ length: count() }, (_, index) => index));
  const lines = createMemo(() => {
    const weights = known();
    if (weights === undefined) return [];
    const [own, looked] = [props.chosen, key()];
    if (own === undefined && looked === undefined)
      return strongestArcs(weights, count(), { limit: 300, share: 0.08 });
    return places()
      .map((other) =>
        own !== undefined
          ? { query: own, key: other, weight: at(own, other) }
          : { query: other, key: looked ?? 0, weight: at(other, looked ?? 0) },
      )
      .filter(({ weight }) => weight >= 0.005)
      .sort((a, b) => a.weight - b.weight);
  });
  const path = (query: number, other: number): string => {
    const [from, to] = [column() + 4, width() - column() - 4];
    const bend = (to - from) / 2.4;
    return `M${from} ${middle(query)}C${from + bend} ${middle(query)} ${to - bend} ${middle(other)} ${to} ${middle(other)}`;
  };
  /** What a token's box tells by its shade: the share that it gives or gets; all alike where nothing is chosen. */
  const shade = (side: Side, index: number): number | undefined => {
    if (side === 'key' && props.chosen !== undefined) return at(props.chosen, index);
    return side === 'query' && props.chosen === undefined && key() !== undefined
      ? at(index, key() ?? 0)
      : undefined;
  };
  const looks = (index: number): string => {
    const best = [...places()].sort((a, b) => at(index, b) - at(index, a)).slice(0, 3);
    return texts().arcs.looksAt(
      props.tokens[index] ?? '',
      best.map((other) => `${props.tokens[other]} ${percent(at(index, other))}`).join(', '),
    );
  };
  const isLookedAt = (index: number): string => {
    const best = [...places()].sort((a, b) => at(b, index) - at(a, index)).slice(0, 3);
    return texts().arcs.lookedAtBy(
      props.tokens[index] ?? '',
      best.map((other) => `${props.tokens[other]} ${percent(at(other, index))}`).join(', '),
    );
  };
  const boxes: Record<Side, SVGGElement[]> = { query: [], key: [] };
  const onKeyDown = (event: KeyboardEvent, side: Side, index: number): void => {
    const wrap = (next: number): number => (next + count()) % count();
    const next: Readonly<Record<string, readonly [Side, number]>> = {
      ArrowUp: [side, wrap(index - 1)],
      ArrowDown: [side, wrap(index + 1)],
      ArrowLeft: ['query', index],
      ArrowRight: ['key', index],
    };
    const target = next[event.key];
    if (target !== undefined) boxes[target[0]][target[1]]?.focus();
    else if ((event.key === 'Enter' || event.key === ' ') && side === 'query') props.onPin(index);
    else return;
    event.preventDefault();
  };
  const enter = (side: Side, index: number): void => {
    if (side === 'query') props.onHover(index);
    else {
      props.onHover(undefined);
      setKey(index);
    }
  };
  const leave = (): void => {
    setKey(undefined);
    props.onHover(undefined);
  };
  const Token = (own: { readonly side: Side; readonly index: number }): JSX.Element => {
    const { side, index } = own;
    const isOwn = (): boolean =>
      side === 'query' ? props.chosen === index : props.chosen === undefined && key() === index;
    const box = () => ({
      x: side === 'query' ? 0 : width() - column(),
      y: middle(index) - row() / 2 + 1,
      width: column(),
      height: row() - 2,
    });
    return (
      // biome-ignore lint/a11y/useSemanticElements: a button inside an SVG
      <g
        ref={(element) => {
          boxes[side][index] = element;
        }}
        class={`line-token ${side}`}
        classList={{ own: isOwn(), pinned: side === 'query' && props.pinned === index }}
        role="button"
        tabindex={index === (side === 'query' ? (props.pinned ?? 0) : 0) ? 0 : -1}
        aria-pressed={side === 'query' ? props.pinned === index : undefined}
        aria-label={side === 'query' ? looks(index) : isLookedAt(index)}
        onPointerEnter={(event) => event.pointerType !== 'touch' && enter(side, index)}
        onFocus={(event) => event.currentTarget.matches(':focus-visible') && enter(side, index)}
        onBlur={leave}
        onClick={() => (side === 'query' ? props.onPin(index) : setKey(key() === index ? undefined : index))}
        onKeyDown={(event) => onKeyDown(event, side, index)}
      >
        <rect
          {...box()}
          rx="4"
          style={{
            fill:
              shade(side, index) === undefined ? 'transparent' : rampColor(theme(), shade(side, index) ?? 0),
          }}
        />
        <text
          x={side === 'query' ? column() - gap : width() - column() + gap}
          y={middle(index)}
          style={{
            'text-anchor': side === 'query' ? 'end' : 'start',
            fill:
              shade(side, index) === undefined ? 'var(--ink)' : textOnRamp(theme(), shade(side, index) ?? 0),
          }}
        >
          {props.tokens[index]}
        </text>
      </g>
    );
  };
  return (
    <div class="head-lines">
      <section class="lines-frame" ref={frame} tabindex="-1" aria-label={props.label}>
        {/* biome-ignore lint/a11y/noSvgWithoutTitle: the section around it has the name, each token its own */}
        <svg ref={svg} width={width()} height={height()} onPointerLeave={leave}>
          <text class="line-title query" x={column() - gap} y="12" style={{ 'text-anchor': 'end' }}>
            {props.rowTitle}
          </text>
          <text class="line-title key" x={width() - column() + gap} y="12">
            {props.columnTitle}
          </text>
          <g class="arc-lines">
            <For each={lines()}>
              {(line) => (
                <path
                  d={path(line.query, line.key)}
                  style={{ 'stroke-width': `${0.75 + 5 * line.weight}px`, opacity: 0.1 + 0.85 * line.weight }}
                />
              )}
            </For>
          </g>
          <For each={places()}>
            {(index) => (
              <>
                <Token side="query" index={index} />
                <Token side="key" index={index} />
              </>
            )}
          </For>
        </svg>
      </section>
      <div class="arcs-foot">
        <p class="hint">{texts().arcs.linesHint}</p>
        <CopyMenu
          name={props.label}
          svg={() => svg}
          json={() => ({ tokens: props.tokens, weights: Array.from(props.weights ?? []) })}
        />
      </div>
    </div>
  );
};
