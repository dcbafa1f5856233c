// How much of the model's weights has arrived, of how much, and whence; gone when the model is there.

import { Progress } from '@kobalte/core/progress';
import { type JSX, Show } from 'solid-js';
import { bytes, percent } from '../../components/formatNumber.ts';
import { texts } from '../../i18n/texts.ts';
import { cancelOpening, modelOpening } from '../../model/session.ts';

/** The bar. */
export const LoadingBar = (): JSX.Element => {
  const loading = () => {
    const state = modelOpening();
    return state.kind === 'loading' ? state : undefined;
  };
  return (
    <Show when={loading()}>
      {(state) => (
        <Progress
          class="progress"
          value={state().loaded}
          maxValue={state().total}
          getValueLabel={() =>
            `${texts().model.ofTotal(bytes(state().loaded), bytes(state().total))}, ${percent(state().loaded / state().total)}`
          }
        >
          <div class="progress-head">
            <Progress.Label>
              {state().loaded < state().total ? texts().model.progress : texts().model.building}
              <Show when={state().cached}>
                {' '}
                <span class="fine">({texts().model.fromCache})</span>
              </Show>
            </Progress.Label>
            <Progress.ValueLabel class="number" />
          </div>
          <Progress.Track class="progress-track">
            <Progress.Fill class="progress-fill" />
          </Progress.Track>
          <button type="button" class="quiet" onClick={() => cancelOpening(texts().model.cancelled)}>
            {texts().model.cancel}
          </button>
        </Progress>
      )}
    </Show>
  );
};
