// Third part: the same text cut in six ways; length, fertility, unknown words, vocabulary.

import { createMemo, For, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { type Bar, Bars } from '../../components/Bars.tsx';
import { CopyMenu } from '../../components/CopyMenu.tsx';
import { Failure } from '../../components/Failure.tsx';
import { duration, fixed, grouped, magnitude, percent } from '../../components/formatNumber.ts';
import { Hood } from '../../components/Hood.tsx';
import { Question } from '../../components/Question.tsx';
import { Range } from '../../components/Range.tsx';
import { RunButton } from '../../components/RunButton.tsx';
import { Segmented } from '../../components/Segmented.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import type { GranularityRow } from '../../experiments/granularityRow.ts';
import { texts } from '../../i18n/texts.ts';
import { granularityCode } from './granularityCode.ts';
import { attentionRatio, granularityFindings } from './granularityFindings.ts';
import { granularityCorpora, granularitySizes, granularityState } from './granularityState.ts';

const words = () => texts().tokens.granularity;
const isSubword = ({ granularity }: GranularityRow): boolean =>
  granularity !== 'characters' && granularity !== 'words';

const Controls = (): JSX.Element => (
  <section class="card controls">
    <Segmented
      label={words().corpus}
      options={granularityCorpora.map((value) => ({ value, label: words().corpora[value] }))}
      value={granularityState.corpus()}
      onChange={granularityState.setCorpus}
    />
    <p class="hint">{words().corpusHints[granularityState.corpus()]}</p>
    <Range
      label={words().size}
      values={granularitySizes}
      value={granularityState.size()}
      format={grouped}
      onChange={granularityState.setSize}
    />
    <RunButton
      running={granularityState.running()}
      run={granularityState.start}
      stop={granularityState.stop}
      words={{ run: words().run, stop: texts().tokens.stop }}
      disabled={granularityState.corpus() === 'own' && !granularityState.ownReady()}
      primary={false}
      name="granularity-run"
    />
    <p class="hint" role="status">
      {granularityState.corpus() === 'own' && !granularityState.ownReady()
        ? words().ownShort
        : granularityState.running()
          ? words().running(granularityState.rows().length, granularityState.total)
          : ''}
    </p>
  </section>
);

const Pictures = (): JSX.Element => {
  const bars = (value: (row: GranularityRow) => number, text: (row: GranularityRow) => string) =>
    granularityState.rows().map(
      (row): Bar => ({
        name: words().names[row.granularity],
        parts: [{ name: '', value: value(row), tone: isSubword(row) ? 'attention' : 'query' }],
        text: text(row),
      }),
    );
  return (
    <div class="train-pictures">
      <section class="card">
        <h3>{words().length}</h3>
        <Bars
          bars={bars(
            ({ report }) => report.length.mean,
            ({ report }) => fixed(report.length.mean, 1),
          )}
        />
      </section>
      <section class="card">
        <h3>{words().oov}</h3>
        <Bars
          most={Math.max(0.01, ...granularityState.rows().map(({ report }) => report.oovRate))}
          bars={bars(
            ({ report }) => report.oovRate,
            ({ report }) => percent(report.oovRate),
          )}
        />
      </section>
    </div>
  );
};

const Table = (): JSX.Element => {
  const whole = () => granularityState.rows().find(({ granularity }) => granularity === 'words');
  const attention = (row: GranularityRow): string => {
    const of = whole();
    return of === undefined ? '…' : `${magnitude(attentionRatio(row, of))} ×`;
  };
  return (
    <section class="card">
      <div class="card-head">
        <h3>{words().table}</h3>
        <CopyMenu name="granularity" json={() => granularityState.rows()} />
      </div>
      <section class="table-frame granularity-table" tabindex="0" aria-label={words().table}>
        <table class="check-table">
          <thead>
            <tr>
              <th scope="col">{words().columns.name}</th>
              <th scope="col">{words().columns.vocabulary}</th>
              <th scope="col">{words().columns.length}</th>
              <th scope="col">{words().columns.fertility}</th>
              <th scope="col">{words().columns.oov}</th>
              <th scope="col">{words().columns.attention}</th>
              <th scope="col">{words().columns.use}</th>
              <th scope="col">{words().milliseconds}</th>
            </tr>
          </thead>
          <tbody>
            <For each={granularityState.rows()}>
              {(row) => (
                <tr>
                  <th scope="row">{words().names[row.granularity]}</th>
                  <td>{grouped(row.vocabulary)}</td>
                  <td>{fixed(row.report.length.mean, 1)}</td>
                  <td>{fixed(row.report.fertility)}</td>
                  <td>{percent(row.report.oovRate)}</td>
                  <td>{attention(row)}</td>
                  <td>{percent(row.report.vocabularyUse)}</td>
                  <td>{duration(row.milliseconds)}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </section>
      <p class="hint">
        <Show when={granularityState.lines()} fallback={words().waiting}>
          {(lines) => words().measured(grouped(lines().train), grouped(lines().test))}
        </Show>{' '}
        {words().attentionHint}
      </p>
    </section>
  );
};

const formulas = (): string[] =>
  granularityState
    .rows()
    .filter(({ granularity }) => granularity === 'bpe' || granularity === 'words')
    .map(({ granularity, report }) => {
      const { tokens, words: count, fertility } = report;
      return `\\text{${words().names[granularity]}: } \\frac{\\text{tokens}}{\\text{words}} = \\frac{${tokens}}{${count}} = ${fertility.toFixed(2)}`;
    });

/** The part. */
export const GranularityPart = (): JSX.Element => {
  let part!: HTMLDivElement; // set by ref before onMount
  onMount(() => {
    // Six trainings: they wait until somebody comes near.
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer.disconnect();
        granularityState.enter();
      },
      { rootMargin: '200px' },
    );
    observer.observe(part);
    onCleanup(() => observer.disconnect());
  });
  onCleanup(granularityState.leave);
  const findings = createMemo(() => granularityFindings(words(), granularityState.rows()));
  return (
    <>
      <Question level={2} question={words().question} section={words().section} lead={words().lead} />
      <div ref={part} class="train tokens-page granularity-part">
        <div class="side">
          <Controls />
        </div>
        <div class="train-main">
          <Failure text={texts().tokens.failed} message={granularityState.error()} />
          <Pictures />
          <Show when={findings().length > 0}>
            <Verdict findings={findings()} notes={words().notesSay} />
          </Show>
          <Table />
          <Hood
            formulas={formulas()}
            remarks={[words().remark]}
            code={granularityCode(granularityState.size())}
            sourceName="apps/demo/src/experiments/granularityRow.ts"
            source={() => import('../../experiments/granularityRow.ts?raw').then((module) => module.default)}
          />
        </div>
      </div>
    </>
  );
};
