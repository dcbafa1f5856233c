// Multi-head, grouped and multi-query attention by their sizes: who shares what, the cache, the weights, and decoding measured in the Worker.

import { createMemo, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { type Bar, Bars } from '../../components/Bars.tsx';
import { Curves } from '../../components/Curves.tsx';
import { Failure } from '../../components/Failure.tsx';
import { bytes, duration, grouped, quantity } from '../../components/formatNumber.ts';
import { Hood } from '../../components/Hood.tsx';
import { Presets } from '../../components/Presets.tsx';
import { Question } from '../../components/Question.tsx';
import { Range } from '../../components/Range.tsx';
import { RunButton } from '../../components/RunButton.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import { divisorsOf, headCounts, kindOf } from '../../experiments/headCounts.ts';
import { texts } from '../../i18n/texts.ts';
import { HeadsPicture } from './HeadsPicture.tsx';
import { sizesCode } from './headsCode.ts';
import { sizesFindings, tokensPerSecond } from './sizesFindings.ts';
import { sizesPresets } from './sizesPresets.ts';
import { compared, headsOf, measuredContext, repeats, sizeChoices, sizesState } from './sizesState.ts';

const words = () => texts().heads.sizes;
const { options, counts, all, change } = sizesState;

const Choice = (props: {
  readonly name: 'width' | 'heads' | 'kvHeads' | 'layers' | 'context' | 'bytes';
  readonly values: readonly number[];
}): JSX.Element => (
  <Range
    label={words()[props.name]}
    values={props.values}
    value={options()[props.name]}
    format={grouped}
    onChange={(value) => change({ [props.name]: value })}
  />
);

const Controls = (): JSX.Element => (
  <section class="card controls">
    <Presets words={words()} presets={sizesPresets} options={options()} onChoose={change} />
    <Choice name="heads" values={headsOf(options().width)} />
    <Choice name="kvHeads" values={divisorsOf(options().heads).reverse()} />
    <Choice name="width" values={sizeChoices.width} />
    <Choice name="layers" values={sizeChoices.layers} />
    <Choice name="context" values={sizeChoices.context} />
    <Choice name="bytes" values={sizeChoices.bytes} />
  </section>
);

const nameOf = (kvHeads: number): string =>
  words().named(words().kinds[kindOf({ heads: options().heads, kvHeads })], kvHeads);

const countsOf = (kvHeads: number) => headCounts({ ...options(), kvHeads });

const Cache = (): JSX.Element => (
  <section class="card">
    <h3>{words().cache}</h3>
    <Bars
      bars={compared(options()).map((kvHeads): Bar => {
        const { cacheBytes } = countsOf(kvHeads);
        return {
          name: nameOf(kvHeads),
          parts: [
            { name: words().parts.key, value: cacheBytes / 2, tone: 'key' },
            { name: words().parts.value, value: cacheBytes / 2, tone: 'value' },
          ],
          text: bytes(cacheBytes),
        };
      })}
      legend
    />
    <h4 class="heads-under">{words().parameters}</h4>
    <Bars
      bars={compared(options()).map((kvHeads): Bar => {
        const own = countsOf(kvHeads);
        return {
          name: nameOf(kvHeads),
          parts: [
            { name: words().parts.query, value: own.query, tone: 'query' },
            { name: words().parts.key, value: own.key, tone: 'key' },
            { name: words().parts.value, value: own.value, tone: 'value' },
            { name: words().parts.output, value: own.output, tone: 'quiet', soft: true },
          ],
          text: quantity(own.parameters),
        };
      })}
      legend
    />
  </section>
);

const short = (length: number): string => (length >= 1024 ? `${length / 1024}k` : String(length));

const tones = ['quiet', 'attention', 'key'] as const;

const ByContext = (): JSX.Element => {
  const series = createMemo(() =>
    compared(options()).map((kvHeads, index) => ({
      ...{ name: nameOf(kvHeads), valued: false, dashed: index === 0 },
      tone: tones[kvHeads === options().kvHeads ? 1 : index] ?? 'quiet',
      points: sizeChoices.context.map((context) => ({
        x: context,
        y: headCounts({ ...options(), kvHeads, context }).cacheBytes,
      })),
    })),
  );
  const range = createMemo(() => {
    const values = series().flatMap(({ points }) => points.map(({ y }) => y));
    const [low, high] = [Math.log10(Math.min(...values)), Math.log10(Math.max(...values))].map(
      Math.floor,
    ) as [number, number];
    return {
      domain: [10 ** low, 10 ** (high + 1)] as const,
      ticks: Array.from({ length: high - low + 2 }, (_, index) => 10 ** (low + index)),
    };
  });
  return (
    <section class="card">
      <h3>{words().byContext}</h3>
      <Curves
        label={words().byContext}
        series={series()}
        x={{
          ...{ title: `${words().contextAxis} →`, domain: [256, 131_072], logarithmic: true },
          ...{ ticks: [256, 2048, 16_384, 131_072], format: short },
        }}
        y={{
          ...{ title: words().bytesAxis, logarithmic: true, ...range() },
          format: (value) => `${quantity(value)}B`,
        }}
        value={bytes}
        labelWidth={84}
        marked
        at={options().context}
      />
    </section>
  );
};

const Measured = (): JSX.Element => {
  const kinds = (): number[] => compared(options());
  const speeds = createMemo((): Bar[] =>
    kinds().flatMap((kvHeads): Bar[] => {
      const milliseconds = sizesState.median(kvHeads);
      if (milliseconds === undefined) return [];
      const speed = tokensPerSecond(milliseconds);
      return [
        {
          name: nameOf(kvHeads),
          parts: [
            {
              name: nameOf(kvHeads),
              value: speed,
              tone: kvHeads === options().kvHeads ? 'attention' : 'quiet',
            },
          ],
          text: words().speed(grouped(speed)),
        },
      ];
    }),
  );
  return (
    <section class="card">
      <h3>{words().measured}</h3>
      <p class="hint">
        {words().measureHint(
          grouped(measuredContext(options())),
          options().heads,
          counts().depth,
          measuredContext(options()) < options().context,
        )}
      </p>
      <div class="mask-measure">
        <RunButton
          running={sizesState.running()}
          run={sizesState.measure}
          stop={sizesState.stop}
          words={{ run: sizesState.times().length > 0 ? words().again : words().measure, stop: words().stop }}
        />
        <p class="hint" role="status">
          {sizesState.running() ? words().measuring(sizesState.times().length, repeats * kinds().length) : ''}
        </p>
      </div>
      <Show when={speeds().length === kinds().length}>
        <Bars bars={speeds()} />
      </Show>
      <Failure text={texts().heads.failed} message={sizesState.error()} card={false} />
      <h4 class="heads-under">{words().token}</h4>
      <Bars
        bars={kinds().map((kvHeads): Bar => {
          const { tokenBytes, tokenSeconds } = countsOf(kvHeads);
          return {
            name: nameOf(kvHeads),
            parts: [
              {
                name: nameOf(kvHeads),
                value: tokenBytes,
                tone: kvHeads === options().kvHeads ? 'attention' : 'quiet',
              },
            ],
            text: words().tokenText(bytes(tokenBytes), duration(1000 * tokenSeconds)),
          };
        })}
      />
    </section>
  );
};

const formulas = (): string[] => {
  const { width, heads, kvHeads, layers, context, bytes: size } = options();
  const { depth } = counts();
  return [
    `d_h = d / h = ${width} / ${heads} = ${depth}`,
    `\\text{cache} = 2 \\cdot L \\cdot h_{kv} \\cdot d_h \\cdot n \\cdot ${size}\\,\\text{B}`,
    `\\phantom{\\text{cache}} = 2 \\cdot ${layers} \\cdot ${kvHeads} \\cdot ${depth} \\cdot ${context} \\cdot ${size}\\,\\text{B} = ${(counts().cacheBytes / 1e6).toFixed(1)}\\,\\text{MB}`,
    `W_q, W_o: ${width} \\cdot ${heads * depth} \\quad W_k, W_v: ${width} \\cdot ${kvHeads * depth}`,
    `g(i) = \\lfloor i \\cdot h_{kv} / h \\rfloor = \\lfloor i / ${heads / kvHeads} \\rfloor`,
  ];
};

/** The part. */
export const SizesPart = (): JSX.Element => {
  onMount(sizesState.enter);
  onCleanup(sizesState.leave);
  const findings = createMemo(() =>
    sizesFindings(texts().heads, options(), {
      ...{ counts: counts(), all: all() },
      own: sizesState.median(options().kvHeads),
      ownAll: sizesState.median(options().heads),
    }),
  );
  return (
    <>
      <Question level={1} question={words().question} section={words().section} lead={words().lead} />
      <div class="train heads-part sizes-part">
        <div class="side">
          <Controls />
        </div>
        <div class="train-main">
          <section class="card">
            <h3>{words().picture}</h3>
            <HeadsPicture heads={options().heads} kvHeads={options().kvHeads} />
          </section>
          <Verdict findings={findings()} notes={words().notesSay} />
          <div class="train-pictures">
            <Cache />
            <Measured />
          </div>
          <ByContext />
          <Hood
            formulas={formulas()}
            remarks={[words().remark]}
            code={sizesCode(options())}
            sourceName="apps/demo/src/experiments/headCounts.ts"
            source={() => import('../../experiments/headCounts.ts?raw').then((module) => module.default)}
          />
        </div>
      </div>
    </>
  );
};
