// The cross-attention of one head as it is now: rows are written, columns are read. Thumbnails choose the head; unless the reader has chosen
// one, the head that has found most is shown.

import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';
import { percent } from '../../components/formatNumber.ts';
import { Matrix } from '../../components/Matrix.tsx';
import { MiniMap } from '../../components/MiniMap.tsx';
import { mirrorAlignment, sharpness } from '../../experiments/alignment.ts';
import type { CrossAttention } from '../../experiments/trainer.ts';
import { texts } from '../../i18n/texts.ts';
import { trainState } from './trainState.ts';

interface HeadOfLook {
  readonly layer: number;
  readonly head: number;
  /** [target + 1, source] */
  readonly weights: Float32Array;
}

const headsOf = ({ maps, source, target }: CrossAttention): HeadOfLook[] => {
  const size = (target.length + 1) * source.length;
  return maps.flatMap((map, layer) =>
    Array.from({ length: map.length / size }, (_, head) => ({
      layer,
      head,
      weights: map.subarray(head * size, (head + 1) * size),
    })),
  );
};

/** How much better another head must be before the picture turns to it. */
const patience = 0.2;

/** A space is seen as '␣'. */
const visible = (character: string): string => (character === ' ' ? '␣' : character);

/** The map. */
export const CrossMap = (): JSX.Element => {
  const [chosen, setChosen] = createSignal<{ readonly layer: number; readonly head: number }>();
  const heads = createMemo(() => {
    const look = trainState.look();
    return look === undefined ? [] : headsOf(look);
  });
  const found = createMemo<HeadOfLook | undefined>((before) => {
    const reverse = trainState.options().task === 'reverse';
    const length = trainState.look()?.source.length ?? 0;
    const score = ({ weights }: HeadOfLook): number =>
      reverse ? mirrorAlignment(weights, length) : sharpness(weights, length);
    const best = heads().reduce<HeadOfLook | undefined>(
      (most, own) => (most === undefined || score(own) > score(most) ? own : most),
      undefined,
    );
    const present = heads().find(({ layer, head }) => layer === before?.layer && head === before.head);
    return present !== undefined && best !== undefined && score(best) < score(present) + patience
      ? present
      : best;
  });
  const shown = createMemo(() => {
    const wish = chosen() ?? found();
    return heads().find(({ layer, head }) => layer === wish?.layer && head === wish.head) ?? heads()[0];
  });
  const rows = createMemo(
    () => [...Array.from(trainState.look()?.target ?? '', visible), texts().train.end],
    undefined,
    { equals: (a, b) => a.join('\n') === b.join('\n') },
  );
  const columns = createMemo(() => Array.from(trainState.look()?.source ?? '', visible), undefined, {
    equals: (a, b) => a.join('\n') === b.join('\n'),
  });
  return (
    <section class="card cross-map">
      <div class="card-head">
        <h3>{texts().train.map}</h3>
        <Show when={shown()}>
          {(head) => <p class="hint">{texts().train.mapHint(head().layer + 1, head().head + 1)}</p>}
        </Show>
      </div>
      <Show when={shown()} fallback={<div class="map-waiting" />}>
        {(head) => (
          <>
            <Matrix
              label={texts().train.mapHint(head().layer + 1, head().head + 1)}
              rows={rows()}
              columns={columns()}
              values={head().weights}
              rowTitle={texts().train.written}
              columnTitle={texts().train.read}
              format={percent}
              describe={({ row, column }, value) =>
                texts().train.cell(rows()[row] ?? '', columns()[column] ?? '', percent(value))
              }
            />
            <fieldset class="head-strip" aria-label={texts().look.heads}>
              <For each={heads().map(({ layer, head: index }) => `${layer}.${index}`)}>
                {(key) => {
                  const own = () => heads().find(({ layer, head: index }) => `${layer}.${index}` === key);
                  const pressed = (): boolean => `${shown()?.layer}.${shown()?.head}` === key;
                  const label = (): string =>
                    texts().look.head((own()?.layer ?? 0) + 1, (own()?.head ?? 0) + 1);
                  return (
                    <button
                      type="button"
                      class="head-cell"
                      aria-pressed={pressed()}
                      aria-label={label()}
                      title={label()}
                      onClick={() => setChosen(chosen() !== undefined && pressed() ? undefined : own())}
                    >
                      <MiniMap
                        values={own()?.weights ?? new Float32Array(0)}
                        rows={rows().length}
                        columns={columns().length}
                      />
                    </button>
                  );
                }}
              </For>
            </fieldset>
          </>
        )}
      </Show>
    </section>
  );
};
