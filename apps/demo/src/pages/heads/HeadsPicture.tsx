// Query heads above, heads of keys and values beneath, a line from each query head to the one that it reads.

import { For, type JSX } from 'solid-js';
import { CopyMenu } from '../../components/CopyMenu.tsx';
import { elementWidth } from '../../components/elementWidth.ts';
import { texts } from '../../i18n/texts.ts';

const words = () => texts().heads.sizes;

const height = 164;
const top = 34;
const bottom = 122;
/** Radius of a head at most; many heads are smaller. */
const mostRadius = 13;

/** The picture. */
export const HeadsPicture = (props: { readonly heads: number; readonly kvHeads: number }): JSX.Element => {
  let frame!: HTMLDivElement; // set by ref before onMount
  let svg!: SVGSVGElement;
  const width = elementWidth(() => frame);
  const step = (): number => width() / props.heads;
  const radius = (): number => Math.max(1.5, Math.min(mostRadius, 0.36 * step()));
  const group = (): number => props.heads / props.kvHeads;
  const x = (head: number): number => (head + 0.5) * step();
  const kvX = (kvHead: number): number => (kvHead + 0.5) * group() * step();
  const text = (): string => words().pictureText(props.heads, props.kvHeads, group());
  return (
    <div ref={frame} class="heads-picture">
      <svg ref={svg} width={width()} height={height} role="img" aria-label={text()}>
        <text class="heads-title tone-query" x="0" y="12">
          {words().query} · {props.heads}
        </text>
        <For each={Array.from({ length: props.heads }, (_, head) => head)}>
          {(head) => (
            <>
              <line
                class="heads-line"
                x1={x(head)}
                x2={kvX(Math.floor(head / group()))}
                y1={top + radius()}
                y2={bottom - radius()}
              />
              <circle class="heads-query" cx={x(head)} cy={top} r={radius()} />
            </>
          )}
        </For>
        <For each={Array.from({ length: props.kvHeads }, (_, kvHead) => kvHead)}>
          {(kvHead) => (
            <>
              <rect
                class="heads-key"
                x={kvX(kvHead) - radius()}
                y={bottom - radius()}
                width={radius()}
                height={2 * radius()}
              />
              <rect
                class="heads-value"
                x={kvX(kvHead)}
                y={bottom - radius()}
                width={radius()}
                height={2 * radius()}
              />
            </>
          )}
        </For>
        <text class="heads-title" x="0" y={height - 6}>
          <tspan class="tone-key">K</tspan> <tspan class="tone-value">V</tspan> · {words().keyValue} ·{' '}
          {props.kvHeads}
        </text>
      </svg>
      <div class="matrix-tools">
        <p class="readout">{text()}</p>
        <CopyMenu name={words().picture} svg={() => svg} json={() => ({ ...props })} />
      </div>
    </div>
  );
};
