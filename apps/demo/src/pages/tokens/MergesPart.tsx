// Second part: BPE and WordPiece learn side by side, merge by merge.

import { createMemo, createSignal, For, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { Curves, type Series } from '../../components/Curves.tsx';
import { Failure } from '../../components/Failure.tsx';
import { grouped } from '../../components/formatNumber.ts';
import { formulaText, scientific } from '../../components/formulaText.ts';
import { Hood } from '../../components/Hood.tsx';
import { Player } from '../../components/Player.tsx';
import { Presets } from '../../components/Presets.tsx';
import { Question } from '../../components/Question.tsx';
import { Range } from '../../components/Range.tsx';
import { RunButton } from '../../components/RunButton.tsx';
import { Segmented } from '../../components/Segmented.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import { mergeLearners } from '../../experiments/mergeTraining.ts';
import { texts } from '../../i18n/texts.ts';
import { MergeColumn, type WatchedRange } from './MergeColumn.tsx';
import { mergesCode } from './mergesCode.ts';
import { mergesFindings } from './mergesFindings.ts';
import { leastCounts, mergesPresets, mergesState, vocabularySizes } from './mergesState.ts';
import { paperText } from './shippedFiles.ts';

const words = () => texts().tokens.merges;

const Corpus = (): JSX.Element => {
  const corpus = () => mergesState.choice().corpus;
  const shown = (): string =>
    corpus() === 'paper' ? paperText : corpus() === 'own' ? mergesState.ownText() : '';
  return (
    <section class="card controls">
      <Presets
        words={words()}
        presets={mergesPresets}
        options={mergesState.choice()}
        onChoose={mergesState.change}
      />
      <label>
        <span class="control-label">{words().text}</span>
        <textarea
          class="tokens-text"
          rows="4"
          spellcheck={false}
          placeholder={words().own}
          value={shown()}
          onInput={(event) => mergesState.write(event.currentTarget.value)}
        />
      </label>
      <Show when={corpus() === 'shakespeare' || corpus() === 'chinese'}>
        <p class="hint">{words().corpusNote[corpus() === 'chinese' ? 'chinese' : 'shakespeare']}</p>
      </Show>
    </section>
  );
};

const Running = (): JSX.Element => (
  <div class="merge-running">
    <RunButton
      running={mergesState.running()}
      run={mergesState.start}
      stop={mergesState.stop}
      words={{ run: words().train, stop: texts().tokens.stop }}
      disabled={mergesState.choice().corpus === 'own' && mergesState.ownText().trim() === ''}
      name="merge-train"
    />
    <For each={mergeLearners}>
      {(learner) => (
        <Show when={mergesState.runs()[learner]}>
          {(run) => (
            <p class="hint">
              {words().progress(words().names[learner], grouped(run().merges.length), grouped(run().total))}
            </p>
          )}
        </Show>
      )}
    </For>
  </div>
);

const Controls = (): JSX.Element => (
  <section class="card controls">
    <Range
      label={words().vocabulary}
      values={vocabularySizes}
      value={mergesState.choice().vocabularySize}
      format={grouped}
      onChange={(vocabularySize) => mergesState.change({ vocabularySize })}
    />
    <Segmented
      label={words().level}
      options={(['characters', 'bytes'] as const).map((value) => ({ value, label: words().levels[value] }))}
      value={mergesState.choice().level}
      onChange={(level) => mergesState.change({ level })}
    />
    <Segmented
      label={words().criterion}
      options={(['score', 'count'] as const).map((value) => ({ value, label: words().criteria[value] }))}
      value={mergesState.choice().criterion}
      onChange={(criterion) => mergesState.change({ criterion })}
    />
    <p class="hint">{words().criterionHint[mergesState.choice().criterion]}</p>
    <Range
      label={words().leastCount}
      values={leastCounts}
      value={mergesState.choice().leastCount}
      format={words().times}
      onChange={(leastCount) => mergesState.change({ leastCount })}
    />
    <Running />
  </section>
);

const Scrubber = (): JSX.Element => (
  <section class="card merge-scrubber">
    <label class="merge-watched">
      <span class="control-label">{words().watched}</span>
      <input
        type="text"
        spellcheck={false}
        value={mergesState.choice().watched}
        onInput={(event) => mergesState.change({ watched: event.currentTarget.value })}
      />
      <span class="hint">{words().watchedHint}</span>
    </label>
    <Player
      place={mergesState.place()}
      count={mergesState.count()}
      playing={mergesState.playing()}
      label={words().merge}
      format={(place) => words().ofMerges(grouped(place), grouped(mergesState.count()))}
      words={words().player}
      onPlay={mergesState.play}
      onPause={mergesState.pause}
      onPlace={mergesState.move}
    />
  </section>
);

/** Points of a line: more would not be seen. */
const mostPoints = 160;

const Counts = (): JSX.Element => {
  const series = createMemo((): Series[] =>
    mergeLearners.flatMap((learner) => {
      const merges = mergesState.runs()[learner]?.merges ?? [];
      const places = new Set(
        Array.from({ length: mostPoints }, (_, k) => Math.round(merges.length ** (k / (mostPoints - 1)))),
      );
      const points = [...places].flatMap((place) => {
        const merge = merges[place - 1];
        return merge === undefined ? [] : [{ x: place, y: merge.count }];
      });
      const tone = learner === 'bpe' ? ('attention' as const) : ('query' as const);
      return points.length < 2
        ? []
        : [{ name: words().names[learner], points, tone, dashed: learner !== 'bpe' }];
    }),
  );
  const most = (): number => Math.max(2, ...series().flatMap(({ points }) => points.map(({ y }) => y)));
  const powers = (limit: number): number[] => [1, 10, 100, 1000, 10_000].filter((power) => power <= limit);
  return (
    <Show when={series().length > 0}>
      <section class="card">
        <h3>{words().counts}</h3>
        <Curves
          label={words().counts}
          series={series()}
          x={{
            ...{ title: `${words().mergeAxis} →`, domain: [1, Math.max(2, mergesState.count())] },
            ...{ logarithmic: true, ticks: powers(mergesState.count()), format: grouped },
          }}
          y={{
            ...{ title: words().countAxis, domain: [1, most()], logarithmic: true },
            ...{ ticks: powers(most()), format: grouped },
          }}
          labelWidth={120}
          height={188}
          at={mergesState.place() > 0 ? mergesState.place() : undefined}
        />
      </section>
    </Show>
  );
};

const formulas = (): string[] => {
  const list: string[] = ['\\text{BPE: } \\arg\\max_{a,b} \\; \\text{count}(ab)'];
  list.push(
    '\\text{WordPiece: } \\arg\\max_{a,b} \\; \\frac{\\text{count}(ab)}{\\text{count}(a) \\cdot \\text{count}(b)}',
  );
  const merges = mergesState.runs().wordPiece?.merges ?? [];
  const merge = merges[Math.max(0, Math.min(mergesState.place(), merges.length) - 1)];
  if (merge === undefined) return list;
  const parts = Math.round(merge.count / merge.score);
  return [
    ...list,
    `\\text{score}(${formulaText(merge.left)}, ${formulaText(merge.right)}) = \\frac{${merge.count}}{${parts}} = ${scientific(merge.score)}`,
  ];
};

/** The part. */
export const MergesPart = (): JSX.Element => {
  onMount(mergesState.enter);
  onCleanup(mergesState.leave);
  const [range, setRange] = createSignal<WatchedRange>();
  const findings = createMemo(() =>
    mergesFindings(words(), {
      runs: mergesState.runs(),
      segments: mergesState.segments(),
      watched: mergesState.choice().watched,
      place: mergesState.place(),
      criterion: mergesState.choice().criterion,
    }),
  );
  return (
    <>
      <Question level={2} question={words().question} section={words().section} lead={words().lead} />
      <div class="train tokens-page merges-part">
        <div class="side">
          <Corpus />
          <Controls />
        </div>
        <div class="train-main">
          <Failure text={texts().tokens.failed} message={mergesState.error()} />
          <Scrubber />
          <div class="train-pictures">
            <For each={mergeLearners}>
              {(learner) => <MergeColumn learner={learner} range={range()} onRange={setRange} />}
            </For>
          </div>
          <Show when={findings().length > 0}>
            <Verdict findings={findings()} notes={words().notesSay} />
          </Show>
          <Counts />
          <Hood
            formulas={formulas()}
            remarks={[words().remark]}
            code={mergesCode(mergesState.choice(), mergesState.choice().watched)}
            sourceName="apps/demo/src/experiments/mergeTraining.ts"
            source={() => import('../../experiments/mergeTraining.ts?raw').then((module) => module.default)}
          />
        </div>
      </div>
    </>
  );
};
