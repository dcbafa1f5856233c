// The attention of one head on the sentence in front: arcs, the grid of heads, the matrix, and what the numbers say.

import { createMemo, type JSX, Show } from 'solid-js';
import { Arcs } from '../../components/Arcs.tsx';
import { HeadGrid } from '../../components/HeadGrid.tsx';
import { texts } from '../../i18n/texts.ts';
import { currentModel } from '../../model/session.ts';
import { formatAddress } from '../../state/address.ts';
import { AttentionMap } from './AttentionMap.tsx';
import { HeadParts } from './HeadParts.tsx';
import { LoadingBar } from './LoadingBar.tsx';
import type { LookState } from './lookState.ts';

/** The pictures. */
export const AttentionPart = (props: { readonly state: LookState }): JSX.Element => {
  const { state } = props;
  const chosen = createMemo(() => state.hovered() ?? state.pinned());
  const title = (): string => {
    const place = state.map() ?? state.place();
    return texts().look.head(place.layer + 1, place.head + 1);
  };
  const hint = (): string => {
    if (state.tokens().length === 0) return texts().look.empty;
    if (state.map() === undefined) return texts().look.waiting;
    const pinned = state.pinned();
    return pinned === undefined ? texts().look.hover : texts().look.pinned(state.tokens()[pinned] ?? '');
  };
  const explorerHash = (): string => {
    const { layer, head } = state.map() ?? state.place();
    const text = state.sentences()[state.active()] ?? '';
    const values = new Map(Object.entries({ text, layer: String(layer), head: String(head) }));
    return formatAddress({ page: 'explorer', values });
  };
  return (
    <>
      <section class="card picture">
        <div class="card-head">
          <h3>{title()}</h3>
          <p class="hint" role="status">
            {hint()}
          </p>
        </div>
        <LoadingBar />
        <Show when={state.error()}>{(message) => <pre class="error-text">{message()}</pre>}</Show>
        <Arcs
          label={`${texts().look.attention}: ${title()}`}
          tokens={state.tokens()}
          weights={state.map()?.weights}
          chosen={chosen()}
          pinned={
            state.hovered() === undefined || state.hovered() === state.pinned()
              ? state.pinned() !== undefined
              : false
          }
          onHover={state.setHovered}
          onPin={state.pin}
        />
      </section>
      <section class="card heads">
        <div class="card-head">
          <h3>{texts().look.heads}</h3>
          <p class="hint">{texts().look.headsHint}</p>
        </div>
        <HeadGrid
          layers={currentModel()?.layers ?? 2}
          heads={currentModel()?.heads ?? 4}
          size={state.tokens().length}
          maps={state.maps()}
          chosen={state.map() ?? state.place()}
          onChoose={state.setPlace}
        />
        <Show when={state.map()}>{(map) => <HeadParts statistics={map().statistics} />}</Show>
        <a class="link" href={explorerHash()}>
          {texts().explorer.heads.open}
        </a>
      </section>
      <AttentionMap
        heading={texts().look.map}
        title={title()}
        tokens={state.tokens()}
        weights={state.map()?.weights}
        onHover={state.setHovered}
        onPick={({ row }) => state.pin(row)}
      />
    </>
  );
};
