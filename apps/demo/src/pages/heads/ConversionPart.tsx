// A trained layer gives up key and value heads: the error of its output, by how they are merged and how many are left.

import { createMemo, type JSX, Show } from 'solid-js';
import { type Bar, Bars } from '../../components/Bars.tsx';
import { Curves } from '../../components/Curves.tsx';
import { Failure } from '../../components/Failure.tsx';
import { percent } from '../../components/formatNumber.ts';
import { Hood } from '../../components/Hood.tsx';
import { Presets } from '../../components/Presets.tsx';
import { Question } from '../../components/Question.tsx';
import { Range } from '../../components/Range.tsx';
import { RunButton } from '../../components/RunButton.tsx';
import { Segmented } from '../../components/Segmented.tsx';
import { SentenceField } from '../../components/SentenceField.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import { type Pooling, poolings } from '../../experiments/headConversionWays.ts';
import { divisorsOf } from '../../experiments/headCounts.ts';
import { texts } from '../../i18n/texts.ts';
import { currentModel } from '../../model/session.ts';
import { conversionFindings } from './conversionFindings.ts';
import { type ConversionState, conversionState, sentencePresets } from './conversionState.ts';
import { conversionCode } from './headsCode.ts';

const words = () => texts().heads.conversion;

interface PartProps {
  readonly state: ConversionState;
}

const Controls = ({ state }: PartProps): JSX.Element => (
  <section class="card controls">
    <Presets words={words()} presets={sentencePresets} options={state.choice()} onChoose={state.change} />
    <div class="position-sentence">
      <h3 class="control-label">{words().sentence}</h3>
      <SentenceField
        label={words().sentence}
        value={state.choice().text}
        onInput={(text) => state.change({ text })}
      />
    </div>
    <Range
      label={words().kvHeads}
      values={divisorsOf(state.heads()).reverse()}
      value={state.kvHeads()}
      format={String}
      onChange={(kvHeads) => state.change({ kvHeads })}
    />
    <Show
      when={state.layers() <= 3}
      fallback={
        <Range
          label={words().layer}
          values={Array.from({ length: state.layers() }, (_, layer) => layer)}
          value={state.layer()}
          format={(layer) => String(layer + 1)}
          onChange={(layer) => state.change({ layer })}
        />
      }
    >
      <Segmented
        label={words().layer}
        options={Array.from({ length: state.layers() }, (_, layer) => ({
          value: String(layer),
          label: words().layerName(layer + 1),
        }))}
        value={String(state.layer())}
        onChange={(layer) => state.change({ layer: Number(layer) })}
      />
    </Show>
    <p class="fine">{currentModel()?.description ?? words().waiting}</p>
    <p class="fine">{words().wayHints}</p>
  </section>
);

const looks: Readonly<
  Record<Pooling, { readonly tone: 'attention' | 'query' | 'key' | 'quiet'; readonly dashed?: boolean }>
> = {
  mean: { tone: 'attention' },
  first: { tone: 'query' },
  random: { tone: 'quiet', dashed: true },
  aligned: { tone: 'key' },
};

const Pictures = ({ state }: PartProps): JSX.Element => {
  const of = (by: Pooling) =>
    state
      .points()
      .filter((point) => point.by === by)
      .sort((a, b) => b.kvHeads - a.kvHeads);
  const bars = createMemo((): Bar[] =>
    poolings.flatMap((by): Bar[] => {
      const error = of(by).find(({ kvHeads }) => kvHeads === state.kvHeads())?.error;
      if (error === undefined) return [];
      return [
        {
          name: words().ways[by],
          parts: [{ name: words().ways[by], value: error, tone: looks[by].tone }],
          text: percent(error),
        },
      ];
    }),
  );
  const most = createMemo(() => Math.max(0.5, ...state.points().map(({ error }) => error)));
  const heads = (): number => state.heads();
  return (
    <div class="train-pictures">
      <section class="card conversion-bars">
        <h3>{words().bars(state.kvHeads())}</h3>
        <Bars bars={bars()} most={most()} />
        <Show when={state.ready()} fallback={<p class="hint">{words().waiting}</p>}>
          <div class="mask-measure">
            <RunButton
              primary={false}
              running={state.turning()}
              run={state.turn}
              stop={state.stop}
              words={{ run: words().turn, stop: texts().heads.sizes.stop }}
            />
            <p class="hint" role="status">
              {state.turning() ? words().working : words().turnHint}
            </p>
          </div>
        </Show>
      </section>
      <section class="card">
        <h3>{words().chart}</h3>
        <Curves
          label={words().chart}
          series={poolings.map((by) => ({
            ...{ name: words().ways[by], ...looks[by], valued: false },
            points: of(by).map(({ kvHeads, error }) => ({ x: heads() - kvHeads, y: error })),
          }))}
          x={{
            ...{ title: `${words().headsAxis} →`, domain: [0, Math.max(1, heads() - 1)] },
            ...{ ticks: divisorsOf(heads()).map((kvHeads) => heads() - kvHeads) },
            format: (given) => String(heads() - given),
          }}
          y={{ title: words().errorAxis, domain: [0, 1.08 * most()], format: percent }}
          labelWidth={92}
          marked
          at={heads() - state.kvHeads()}
        />
      </section>
    </div>
  );
};

const formulas = (state: ConversionState): string[] => {
  const [heads, kvHeads] = [state.heads(), state.kvHeads()];
  const group = heads / kvHeads;
  return [
    `W_k^{(g)} = \\frac{1}{${group}} \\sum_{i = ${group} g}^{${group} g + ${group - 1}} W_k^{(i)}, \\quad g = 0 \\dots ${kvHeads - 1}`,
    `W_v^{(g)} = \\frac{1}{${group}} \\sum_{i} W_v^{(i)}`,
    '\\text{error} = \\frac{\\lVert y_{\\text{fewer}} - y \\rVert}{\\lVert y \\rVert}',
    'R_i = \\arg\\min_{R^T R = 1} \\lVert R \\, W^{(i)} - \\overline W \\rVert = U V^T, \\quad \\overline W \\, W^{(i)T} = U \\Sigma V^T',
  ];
};

/** The part. */
export const ConversionPart = (): JSX.Element => {
  const state = conversionState();
  const findings = createMemo(() =>
    conversionFindings(texts().heads, state.points(), {
      ...{ heads: state.heads(), kvHeads: state.kvHeads(), ready: state.ready() },
    }),
  );
  return (
    <>
      <Question level={2} question={words().question} section={words().section} lead={words().lead} />
      <div class="train heads-part conversion-part">
        <div class="side">
          <Controls state={state} />
        </div>
        <div class="train-main">
          <Failure text={texts().heads.failed} message={state.error()} />
          <Pictures state={state} />
          <Verdict findings={findings()} notes={words().notesSay} />
          <Hood
            formulas={formulas(state)}
            remarks={[words().remark]}
            code={conversionCode({
              ...{ heads: state.heads(), kvHeads: state.kvHeads(), by: 'mean' },
              own: currentModel()?.own === true,
            })}
            sourceName="apps/demo/src/experiments/headConversion.ts"
            source={() => import('../../experiments/headConversion.ts?raw').then((module) => module.default)}
          />
        </div>
      </div>
    </>
  );
};
