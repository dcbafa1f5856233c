// Several sentences: the cosine of every pair as a matrix, the ones nearest to the sentence in front, and the verdict.

import { createMemo, For, type JSX, Show } from 'solid-js';
import { duration, fixed, percent } from '../../components/formatNumber.ts';
import { Hood } from '../../components/Hood.tsx';
import { Matrix } from '../../components/Matrix.tsx';
import { Question } from '../../components/Question.tsx';
import { type Finding, Verdict } from '../../components/Verdict.tsx';
import { nearestTo, rankedPairs, sharedTokens } from '../../experiments/similarity.ts';
import { texts } from '../../i18n/texts.ts';
import type { Reading } from '../../protocol.ts';
import type { LookState } from './lookState.ts';

const code = `import { pipeline } from '@heed/models-bert';
import { baseUrl } from '@heed/tensor/io';

const folder = baseUrl(new URL('weights/use-lite/', document.baseURI).href);
const similarity = await pipeline('sentence-similarity', folder);
similarity.matrix(sentences); // number[][]`;

/** Tokens that stand for a piece of the text; not those that a model adds, as [CLS]. */
const ownTokens = (reading: Reading | undefined): string[] =>
  reading?.tokens.filter(
    (_, index) => (reading.offsets[2 * index] ?? 0) < (reading.offsets[2 * index + 1] ?? 0),
  ) ?? [];

/** The part. */
export const ComparePart = (props: { readonly state: LookState }): JSX.Element => {
  const { state } = props;
  const known = createMemo(() => {
    const readings = state.readings();
    const cosines = readings?.cosines;
    return readings === undefined || cosines === undefined ? undefined : { ...readings, cosines };
  });
  const several = createMemo(() => {
    const readings = known();
    return readings !== undefined && readings.readings.length > 1 ? readings : undefined;
  });
  const count = (): number => several()?.readings.length ?? 0;
  const sentence = (index: number): string => several()?.readings[index]?.text ?? '';
  const nearest = createMemo(() => {
    const readings = several();
    return readings === undefined
      ? []
      : nearestTo(readings.cosines, count(), Math.min(state.active(), count() - 1));
  });
  const findings = createMemo((): Finding[] => {
    const readings = several();
    if (readings === undefined) return [];
    const pairs = rankedPairs(readings.cosines, count());
    const [first, last] = [pairs[0], pairs.at(-1)];
    if (first === undefined || last === undefined) return [];
    const words = sharedTokens(
      ownTokens(readings.readings[first.first]),
      ownTokens(readings.readings[first.second]),
    );
    return [
      {
        text: texts().compare.verdictPair(
          first.first + 1,
          first.second + 1,
          fixed(first.cosine),
          percent(words),
        ),
      },
      ...(pairs.length > 1
        ? [{ text: texts().compare.verdictFar(last.first + 1, last.second + 1, fixed(last.cosine)) }]
        : []),
      { text: texts().compare.time(count(), duration(readings.milliseconds)) },
    ];
  });
  const lowest = createMemo(() => Math.min(0, ...(several()?.cosines ?? [])));
  const labels = createMemo(
    () => several()?.readings.map(({ text }, index) => `${index + 1}  ${text}`) ?? [],
  );
  const numbers = createMemo(() => several()?.readings.map((_, index) => String(index + 1)) ?? []);
  return (
    <>
      <Question
        level={2}
        question={texts().compare.question}
        section={texts().compare.section}
        lead={texts().compare.lead}
      />
      <Show when={several()} fallback={<p class="card hint">{texts().compare.one}</p>}>
        {(readings) => (
          <div class="compare">
            <section class="card map">
              <div class="card-head">
                <h3>{texts().compare.matrix}</h3>
              </div>
              <Matrix
                label={texts().compare.matrix}
                rows={labels()}
                columns={numbers()}
                values={readings().cosines}
                domain={[lowest(), 1]}
                rowTitle={texts().compare.sentence}
                columnTitle={texts().compare.sentence}
                format={(value) => fixed(value)}
                describe={({ row, column }, value) =>
                  texts().compare.cell(sentence(row), sentence(column), fixed(value))
                }
                onPick={({ row }) => state.setActive(row)}
                mostCell={52}
                labelShare={0.42}
              />
            </section>
            <section class="card nearest">
              <div class="card-head">
                <h3>{texts().compare.nearest(Math.min(state.active(), count() - 1) + 1)}</h3>
              </div>
              <ol class="nearest-list">
                <For each={nearest()}>
                  {(pair) => (
                    <li>
                      <button type="button" onClick={() => state.setActive(pair.second)}>
                        <span class="nearest-text">{sentence(pair.second)}</span>
                        <span class="nearest-value number">{fixed(pair.cosine)}</span>
                        <span
                          class="nearest-bar"
                          style={{ '--share': String(Math.max(0, pair.cosine)) }}
                          aria-hidden="true"
                        />
                      </button>
                    </li>
                  )}
                </For>
              </ol>
            </section>
            <Verdict findings={findings()} notes={texts().compare.notesSay} />
            <Hood
              formulas={[
                '\\cos(u, v) = \\frac{u \\cdot v}{\\lVert u \\rVert \\, \\lVert v \\rVert}',
                `\\cos(u_{${state.active() + 1}}, u_{${(nearest()[0]?.second ?? 0) + 1}}) = ${(nearest()[0]?.cosine ?? 0).toFixed(3)}`,
              ]}
              remarks={[]}
              code={code}
              sourceName="apps/demo/src/experiments/similarity.ts"
              source={() => import('../../experiments/similarity.ts?raw').then((module) => module.default)}
            />
          </div>
        )}
      </Show>
    </>
  );
};
