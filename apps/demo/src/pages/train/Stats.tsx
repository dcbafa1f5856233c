// The run in six numbers.

import { For, type JSX } from 'solid-js';
import { duration, fixed, grouped, percent, significant } from '../../components/formatNumber.ts';
import { texts } from '../../i18n/texts.ts';
import { trainState } from './trainState.ts';

/** The row of numbers. */
export const Stats = (): JSX.Element => {
  const loss = (): string => {
    const value = trainState.loss();
    return value === undefined ? '–' : fixed(value, value < 0.1 ? 3 : 2);
  };
  const exact = (): string => {
    const last = trainState.examinations().at(-1);
    return last === undefined ? '–' : percent(last.examination.exact);
  };
  const entries = (): readonly { name: string; value: string }[] => {
    const { stats } = texts().train;
    const last = trainState.steps().at(-1);
    return [
      { name: stats.exact, value: exact() },
      { name: stats.loss, value: loss() },
      { name: stats.step, value: grouped(last?.step ?? 0) },
      { name: stats.time, value: duration(trainState.milliseconds()) },
      {
        name: stats.speed,
        value: trainState.speed() === 0 ? '–' : grouped(Number(trainState.speed().toPrecision(2))),
      },
      { name: stats.rate, value: last === undefined ? '–' : significant(last.learningRate) },
    ];
  };
  return (
    <dl class="stats">
      <For each={entries()}>
        {(entry) => (
          <div>
            <dt>{entry.name}</dt>
            <dd class="number">{entry.value}</dd>
          </div>
        )}
      </For>
    </dl>
  );
};
