// One learner: the merges around the present place, and the watched text as it is cut after them.

import { createMemo, For, type JSX, Show } from 'solid-js';
import { CopyMenu } from '../../components/CopyMenu.tsx';
import { grouped, magnitude } from '../../components/formatNumber.ts';
import { type StripCell, TokenStrip } from '../../components/TokenStrip.tsx';
import { visibleText } from '../../components/visibleText.ts';
import type { MergeLearner } from '../../experiments/mergeTraining.ts';
import { texts } from '../../i18n/texts.ts';
import { pairText } from './mergesFindings.ts';
import { mergesState } from './mergesState.ts';
import { stagesState } from './stagesState.ts';

const words = () => texts().tokens.merges;
/** Rows of merges that are shown, and how many of them lie before the last one made. */
const [shown, before] = [9, 6];

/** A range of the watched text. */
export interface WatchedRange {
  readonly learner: MergeLearner;
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

/** The column. */
export interface MergeColumnProps {
  readonly learner: MergeLearner;
  readonly range: WatchedRange | undefined;
  readonly onRange: (range: WatchedRange | undefined) => void;
}

const MergeTable = (props: { readonly learner: MergeLearner }): JSX.Element => {
  const merges = () => mergesState.runs()[props.learner]?.merges ?? [];
  const place = (): number => Math.min(mergesState.place(), merges().length);
  const from = createMemo(() => Math.max(0, Math.min(place() - before, merges().length - shown)));
  const rows = createMemo(() =>
    merges()
      .slice(from(), from() + shown)
      .map((merge, index) => ({ merge, number: from() + index + 1 })),
  );
  return (
    <table class="check-table merge-table">
      <caption class="visually-hidden">{words().list(words().names[props.learner])}</caption>
      <thead>
        <tr>
          <th scope="col">{words().number}</th>
          <th scope="col">{words().pair}</th>
          <th scope="col">{words().token}</th>
          <th scope="col">{words().count}</th>
          <th scope="col">{words().score}</th>
        </tr>
      </thead>
      <tbody>
        <For each={rows()}>
          {({ merge, number }) => (
            <tr
              classList={{ coming: number > place(), last: number === place() }}
              aria-current={number === place() ? 'step' : undefined}
            >
              <td>
                <button type="button" class="merge-number" onClick={() => mergesState.move(number)}>
                  {grouped(number)}
                </button>
              </td>
              <td>{pairText(merge)}</td>
              <td>
                <b>{visibleText(merge.token)}</b>
              </td>
              <td>{grouped(merge.count)}</td>
              <td>{magnitude(merge.score)}</td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  );
};

const Note = (props: { readonly learner: MergeLearner }): JSX.Element => {
  const note = (): string => {
    const run = mergesState.runs()[props.learner];
    if (run?.result === undefined) return '';
    if (run.merges.length > 0)
      return mergesState.place() > run.merges.length ? words().ended(grouped(run.merges.length)) : '';
    const full = run.result.vocabularySize >= mergesState.choice().vocabularySize;
    return full ? words().full(grouped(run.result.vocabularySize)) : words().none;
  };
  return <p class="hint">{note()}</p>;
};

const Cut = (props: MergeColumnProps): JSX.Element => {
  const segmentation = () => mergesState.segments()[props.learner];
  const cells = createMemo((): StripCell[] => {
    const found = segmentation();
    if (found === undefined) return [];
    return found.tokens.map((text, index) => ({
      text,
      start: found.offsets[2 * index] ?? 0,
      end: found.offsets[2 * index + 1] ?? 0,
      mark: /^[[<](unk|UNK)[\]>]$/.test(text) ? 'unknown' : undefined,
    }));
  });
  return (
    <Show when={segmentation()}>
      {(found) => (
        <div class="merge-cut">
          <Show when={cells().length > 0}>
            <TokenStrip
              label={`${words().watched}, ${words().names[props.learner]}`}
              cells={cells()}
              at={props.range?.learner === props.learner ? props.range.index : undefined}
              alight={(cell) =>
                props.range !== undefined && cell.start < props.range.end && props.range.start < cell.end
              }
              onPoint={(index) => {
                const cell = index === undefined ? undefined : cells()[index];
                props.onRange(
                  cell === undefined || index === undefined
                    ? undefined
                    : { learner: props.learner, index, start: cell.start, end: cell.end },
                );
              }}
              onPick={() => undefined}
            />
          </Show>
          <p class="fine">
            {found().tokens.length === 1 ? words().token1 : words().segments(grouped(found().tokens.length))}
            {found().unknown > 0 ? words().unknown(found().unknown) : ''}
            {words().decoded} “{found().decoded}”
          </p>
        </div>
      )}
    </Show>
  );
};

/** The column of a learner. */
export const MergeColumn = (props: MergeColumnProps): JSX.Element => {
  const by = () => (props.learner === 'bpe' ? words().by.bpe : words().by[mergesState.choice().criterion]);
  const done = (): boolean => mergesState.runs()[props.learner]?.result !== undefined;
  return (
    <section class="card merge-column">
      <div class="card-head">
        <h3>{`${words().names[props.learner]} · ${by()}`}</h3>
        <CopyMenu
          name={`merges-${words().names[props.learner]}`}
          json={() => mergesState.runs()[props.learner]?.merges}
        />
      </div>
      <Cut {...props} />
      <MergeTable learner={props.learner} />
      <Note learner={props.learner} />
      <Show when={done()}>
        <div class="row">
          <button
            type="button"
            class="quiet"
            onClick={() => {
              stagesState.takeLearned(mergesState.current(props.learner));
              document.querySelector('.stages-part')?.scrollIntoView({ block: 'start' });
            }}
          >
            {words().use}
          </button>
          <button type="button" class="quiet merge-save" onClick={() => void mergesState.save(props.learner)}>
            {words().export}
          </button>
        </div>
      </Show>
    </section>
  );
};
