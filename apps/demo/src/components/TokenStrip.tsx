// A row of pieces of a text, each with the range that it comes from. Pointing at one, or moving to it by the arrow keys, tells which; what is
// alight is told from outside, so that several rows light up together.

import { createUniqueId, For, type JSX } from 'solid-js';
import { visibleText } from './visibleText.ts';

/** A piece. */
export interface StripCell {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly mark?: 'changed' | 'added' | 'unknown' | undefined;
}

/** The row. */
export interface TokenStripProps {
  readonly label: string;
  readonly cells: readonly StripCell[];
  /** Whether pieces are single characters, set close together. */
  readonly dense?: boolean;
  readonly alight: (cell: StripCell, index: number) => boolean;
  /** The piece that the reader is at; undefined if it is in no row or another one. */
  readonly at: number | undefined;
  readonly onPoint: (index: number | undefined) => void;
  readonly onPick: (index: number) => void;
}

const indexOf = (event: Event): number | undefined => {
  const cell = (event.target as Element).closest<HTMLElement>('[data-index]'); // events of elements only
  return cell === null ? undefined : Number(cell.dataset.index);
};

/** The row of pieces. */
export const TokenStrip = (props: TokenStripProps): JSX.Element => {
  const id = createUniqueId();
  const onKeyDown = (event: KeyboardEvent): void => {
    const last = props.cells.length - 1;
    const at = props.at;
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: at === undefined ? 0 : at + 1,
      ArrowLeft: at === undefined ? 0 : at - 1,
      Home: 0,
      End: last,
    };
    const next = moves[event.key];
    if (next !== undefined) props.onPoint(Math.max(0, Math.min(last, next)));
    else if ((event.key === 'Enter' || event.key === ' ') && at !== undefined) props.onPick(at);
    else if (event.key === 'Escape') props.onPoint(undefined);
    else return;
    event.preventDefault();
  };
  return (
    <div
      class="strip"
      classList={{ dense: props.dense === true }}
      role="listbox"
      aria-label={props.label}
      aria-activedescendant={props.at === undefined ? undefined : `${id}-${props.at}`}
      tabIndex={0}
      onPointerOver={(event) => event.pointerType === 'mouse' && props.onPoint(indexOf(event))}
      onPointerLeave={(event) => event.pointerType === 'mouse' && props.onPoint(undefined)}
      onClick={(event) => {
        const index = indexOf(event);
        if (index !== undefined) props.onPick(index);
      }}
      onKeyDown={onKeyDown}
      onBlur={() => props.onPoint(undefined)}
    >
      <For each={props.cells}>
        {(cell, index) => (
          <span
            id={`${id}-${index()}`}
            class={`strip-cell ${cell.mark ?? ''}`}
            classList={{ odd: index() % 2 === 1, alight: props.alight(cell, index()) }}
            role="option"
            tabIndex={-1}
            aria-selected={props.at === index()}
            data-index={index()}
          >
            {visibleText(cell.text)}
          </span>
        )}
      </For>
    </div>
  );
};
