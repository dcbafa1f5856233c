// The text and its five stages, a row each. The piece that is looked at, and all that come from the same characters, light up in every row.

import { createMemo, For, type JSX, Show } from 'solid-js';
import { grouped } from '../../components/formatNumber.ts';
import { type StripCell, TokenStrip } from '../../components/TokenStrip.tsx';
import { visibleText } from '../../components/visibleText.ts';
import type { StageCell } from '../../experiments/stageView.ts';
import { texts } from '../../i18n/texts.ts';
import { type RowName, type Spot, sameSpot, stagesState } from './stagesState.ts';

const words = () => texts().tokens.stages;
const rows: readonly RowName[] = [
  'source',
  'normalizer',
  'preTokenizer',
  'model',
  'postProcessor',
  'decoder',
];
/** Rows whose pieces are characters. */
const dense: readonly RowName[] = ['source', 'normalizer'];

const nameOf = (row: RowName): string => (row === 'source' ? words().source : words().stageNames[row]);
const noteOf = (row: RowName): string => (row === 'source' ? words().sourceNote : words().stageNotes[row]);

const lookedCell = (): StageCell | undefined => {
  const looked = stagesState.looked();
  return looked === undefined ? undefined : stagesState.cellsOf(looked.row)[looked.index];
};

/** Blanks that tokens carry as a mark are no change. */
const plain = (text: string): string => text.replace(/[▁Ġ]/gu, ' ').replace(/^##/, '');

const markOf = (row: RowName, cell: StageCell): StripCell['mark'] => {
  if (row === 'source') return undefined;
  if (cell.id !== undefined && cell.id === stagesState.view()?.unknownId) return 'unknown';
  if (cell.start === cell.end) return cell.text.trim() === '' || cell.text === '▁' ? undefined : 'added';
  const source = stagesState.view()?.source.slice(cell.start, cell.end) ?? '';
  if (row === 'decoder') return undefined;
  return plain(cell.text).trim() === source.trim() ? undefined : 'changed';
};

const Row = (props: { readonly row: RowName }): JSX.Element => {
  const cells = createMemo((): StripCell[] =>
    stagesState.cellsOf(props.row).map((cell) => ({ ...cell, mark: markOf(props.row, cell) })),
  );
  const here = (): number | undefined => {
    const looked = stagesState.looked();
    return looked?.row === props.row ? looked.index : undefined;
  };
  const spotAt = (index: number): Spot => ({ row: props.row, index });
  return (
    <div class="stage-row">
      <div class="stage-name">
        <h4>{nameOf(props.row)}</h4>
        <span class="fine">{noteOf(props.row)}</span>
      </div>
      <Show when={cells().length > 0} fallback={<p class="fine">∅</p>}>
        <TokenStrip
          label={`${nameOf(props.row)}: ${cells().length}`}
          cells={cells()}
          dense={dense.includes(props.row)}
          at={here()}
          alight={(cell, index) => {
            const looked = lookedCell();
            if (looked === undefined) return false;
            return here() === index || (cell.start < looked.end && looked.start < cell.end);
          }}
          onPoint={(index) => stagesState.point(index === undefined ? undefined : spotAt(index))}
          onPick={(index) => stagesState.pick(spotAt(index))}
        />
      </Show>
    </div>
  );
};

const Readout = (): JSX.Element => {
  const sentence = (): string => {
    const looked = stagesState.looked();
    const cell = lookedCell();
    const source = stagesState.view()?.source ?? '';
    if (looked === undefined || cell === undefined) return words().hint;
    const { text, start, end, id } = cell;
    return [
      words().cell(nameOf(looked.row), visibleText(text)),
      id === undefined ? '' : words().cellId(String(id)),
      start === end
        ? words().cellNowhere
        : words().cellFrom(grouped(start), grouped(end), visibleText(source.slice(start, end))),
      '.',
      sameSpot(stagesState.pinned(), looked) ? words().kept : '',
    ].join('');
  };
  return (
    <p class="readout stages-readout" role="status">
      {sentence()}
    </p>
  );
};

/** The picture. */
export const StagesPicture = (): JSX.Element => (
  <div class="stage-rows">
    <For each={rows}>{(row) => <Row row={row} />}</For>
    <p class="strip-legend fine" aria-hidden="true">
      <span class="strip-cell changed">abc</span> {words().legend.changed}
      <span class="strip-cell added">abc</span> {words().legend.added}
      <span class="strip-cell unknown">abc</span> {words().legend.unknown}
    </p>
    <Readout />
  </div>
);
