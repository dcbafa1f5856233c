// Plays a sequence: start and stop, one back, one on, and a slider over all of it. Keeps no time itself.

import type { JSX } from 'solid-js';
import { Range } from './Range.tsx';

/** The sequence, and what it is called. */
export interface PlayerProps {
  /** Places 0 … count. */
  readonly place: number;
  readonly count: number;
  readonly playing: boolean;
  readonly label: string;
  readonly format: (place: number) => string;
  readonly words: {
    readonly play: string;
    readonly pause: string;
    readonly back: string;
    readonly next: string;
  };
  readonly onPlay: () => void;
  readonly onPause: () => void;
  readonly onPlace: (place: number) => void;
}

/** The controls. */
export const Player = (props: PlayerProps): JSX.Element => {
  return (
    <div class="player">
      <div class="row">
        <button
          type="button"
          class="button primary"
          onClick={() => (props.playing ? props.onPause() : props.onPlay())}
        >
          <span class={props.playing ? 'pause-mark' : 'play-mark'} aria-hidden="true" />
          {props.playing ? props.words.pause : props.words.play}
        </button>
        <button
          type="button"
          class="button"
          disabled={props.place === 0}
          onClick={() => props.onPlace(props.place - 1)}
        >
          ← {props.words.back}
        </button>
        <button
          type="button"
          class="button"
          disabled={props.place === props.count}
          onClick={() => props.onPlace(props.place + 1)}
        >
          {props.words.next} →
        </button>
      </div>
      <Range
        label={props.label}
        values={Array.from({ length: props.count + 1 }, (_, place) => place)}
        value={props.place}
        format={props.format}
        onChange={props.onPlace}
      />
    </div>
  );
};
