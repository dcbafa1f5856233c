// Task, sizes and learning rate: few, live, each with its unit; and the buttons that start, pause and begin anew.

import { type JSX, Match, Switch } from 'solid-js';
import { grouped } from '../../components/formatNumber.ts';
import { Range } from '../../components/Range.tsx';
import { Segmented } from '../../components/Segmented.tsx';
import { texts } from '../../i18n/texts.ts';
import { choices, trainState } from './trainState.ts';

const numbers = (values: readonly number[]): { value: string; label: string }[] =>
  values.map((value) => ({ value: String(value), label: String(value) }));

/** Start, pause, resume, start over. */
const Buttons = (): JSX.Element => (
  <div class="row run-buttons">
    <Switch>
      <Match when={trainState.kind() === 'running'}>
        <button type="button" class="button primary" onClick={trainState.pause}>
          <span class="pause-mark" aria-hidden="true" />
          {texts().train.pause}
        </button>
      </Match>
      <Match when={trainState.kind() !== 'running'}>
        <button
          type="button"
          class="button primary"
          disabled={trainState.kind() === 'preparing' || trainState.kind() === 'failed'}
          onClick={trainState.start}
        >
          <span class="play-mark" aria-hidden="true" />
          {trainState.kind() === 'paused' ? texts().train.resume : texts().train.start}
        </button>
      </Match>
    </Switch>
    <button type="button" class="button" onClick={trainState.reset}>
      {texts().train.reset}
    </button>
  </div>
);

/** The controls. */
export const Controls = (): JSX.Element => (
  <section class="card controls">
    <Segmented
      label={texts().train.task}
      options={[
        { value: 'reverse', label: texts().train.tasks.reverse },
        { value: 'dates', label: texts().train.tasks.dates },
      ]}
      value={trainState.options().task}
      onChange={(task) => trainState.change({ task })}
    />
    <p class="hint">{texts().train.taskHints[trainState.options().task]}</p>
    <Buttons />
    <Range
      label={texts().train.learningRate}
      values={choices.learningRate}
      value={trainState.options().learningRate}
      format={String}
      onChange={(learningRate) => trainState.change({ learningRate })}
    />
    <p class="hint">{texts().train.learningRateHint}</p>
    <details class="sizes" open={matchMedia('(min-width: 900px)').matches}>
      <summary>{texts().train.size}</summary>
      <Segmented
        label={texts().train.width}
        options={numbers(choices.width)}
        value={String(trainState.options().width)}
        onChange={(width) => trainState.change({ width: Number(width) })}
      />
      <Segmented
        label={texts().train.heads}
        options={numbers(choices.heads)}
        value={String(trainState.options().heads)}
        onChange={(heads) => trainState.change({ heads: Number(heads) })}
      />
      <Segmented
        label={texts().train.layers}
        options={numbers(choices.layers)}
        value={String(trainState.options().layers)}
        onChange={(layers) => trainState.change({ layers: Number(layers) })}
      />
      <Segmented
        label={texts().train.batch}
        options={numbers(choices.batch)}
        value={String(trainState.options().batch)}
        onChange={(batch) => trainState.change({ batch: Number(batch) })}
      />
      <p class="fine">{texts().train.parameters(grouped(trainState.parameterCount()))}</p>
    </details>
  </section>
);
