// Everything that decides how the net learns, and the buttons that run it.

import { For, type JSX, Show } from 'solid-js';
import { grouped } from '../../components/formatNumber.ts';
import { Range } from '../../components/Range.tsx';
import { Segmented } from '../../components/Segmented.tsx';
import { type LearningOptions, optimizers, schedules } from '../../experiments/learningOptions.ts';
import { texts } from '../../i18n/texts.ts';
import { learnChoices, learnPresets, learnState } from './learnState.ts';

const Buttons = (): JSX.Element => {
  const words = () => texts().gradients.learn;
  const ready = (): boolean => learnState.kind() === 'idle' || learnState.kind() === 'paused';
  const label = (): string => {
    if (learnState.kind() === 'done') return words().again;
    return learnState.steps().length > 0 ? words().resume : words().start;
  };
  return (
    <div class="row run-buttons learn-buttons">
      <Show
        when={learnState.kind() === 'running'}
        fallback={
          <button
            type="button"
            class="button primary"
            disabled={!ready() && learnState.kind() !== 'done'}
            onClick={learnState.start}
          >
            <span class="play-mark" aria-hidden="true" />
            {label()}
          </button>
        }
      >
        <button type="button" class="button primary" onClick={learnState.pause}>
          <span class="pause-mark" aria-hidden="true" />
          {words().pause}
        </button>
      </Show>
      <button type="button" class="button" disabled={!ready()} onClick={learnState.one}>
        {words().one}
      </button>
      <button type="button" class="button" onClick={learnState.reset}>
        {words().reset}
      </button>
    </div>
  );
};

const presetNames = Object.keys(learnPresets) as (keyof typeof learnPresets)[];

const sameOptions = (a: LearningOptions, b: LearningOptions): boolean =>
  (Object.keys(a) as (keyof LearningOptions)[]).every((name) => a[name] === b[name]);

const Presets = (): JSX.Element => {
  const words = () => texts().gradients.learn;
  const chosen = (): keyof typeof learnPresets | undefined =>
    presetNames.find((name) => sameOptions(learnPresets[name], learnState.options()));
  const point = (): string => {
    const name = chosen();
    return name === undefined ? '' : words().presetPoints[name];
  };
  return (
    <div>
      <h3 class="control-label">{words().presets}</h3>
      <div class="presets">
        <For each={presetNames}>
          {(name) => (
            <button
              type="button"
              class="chip"
              aria-pressed={chosen() === name}
              onClick={() => learnState.change(learnPresets[name])}
            >
              {words().presetNames[name]}
            </button>
          )}
        </For>
      </div>
      <p class="hint preset-point">{point()}</p>
    </div>
  );
};

/** The controls. */
export const LearnControls = (): JSX.Element => {
  const words = () => texts().gradients.learn;
  return (
    <section class="card controls">
      <Buttons />
      <Presets />
      <details class="sizes" open={matchMedia('(min-width: 900px)').matches}>
        <summary>{words().options}</summary>
        <Segmented
          label={words().optimizer}
          options={optimizers.map((name) => ({ value: name, label: words().optimizers[name] }))}
          value={learnState.options().optimizer}
          onChange={(optimizer) => learnState.change({ optimizer })}
        />
        <Range
          label={words().rate}
          values={learnChoices.rate}
          value={learnState.options().rate}
          format={String}
          onChange={(rate) => learnState.change({ rate })}
        />
        <Range
          label={words().warmup}
          values={learnChoices.warmup}
          value={learnState.options().warmup}
          format={(steps) => words().warmupValue(steps)}
          onChange={(warmup) => learnState.change({ warmup })}
        />
        <div class="wrapped">
          <Segmented
            label={words().schedule}
            options={schedules.map((name) => ({ value: name, label: words().schedules[name] }))}
            value={learnState.options().schedule}
            onChange={(schedule) => learnState.change({ schedule })}
          />
        </div>
        <Range
          label={words().clip}
          values={learnChoices.clip}
          value={learnState.options().clip}
          format={(limit) => words().clipValue(limit)}
          onChange={(clip) => learnState.change({ clip })}
        />
        <Segmented
          label={words().blocks}
          options={learnChoices.blocks.map((count) => ({ value: String(count), label: String(count) }))}
          value={String(learnState.options().blocks)}
          onChange={(blocks) => learnState.change({ blocks: Number(blocks) })}
        />
      </details>
      <p class="fine">{words().parameters(grouped(learnState.info()?.parameters ?? 0))}</p>
    </section>
  );
};
