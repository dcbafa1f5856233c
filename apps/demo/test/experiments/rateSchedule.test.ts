// Every schedule against what its name promises.
import { describe, expect, it } from 'vitest';
import { schedules, standardLearning, totalSteps } from '../../src/experiments/learningOptions.ts';
import { rateSchedule } from '../../src/experiments/rateSchedule.ts';

describe('schedules', () => {
  const cases = schedules.flatMap((schedule) => [0, 20, 100].map((warmup) => ({ schedule, warmup })));
  it.each(cases)(
    '$schedule with $warmup steps of warm-up has its peak at their end',
    ({ schedule, warmup }) => {
      const rate = rateSchedule({ ...standardLearning, schedule, warmup, rate: 0.02 });
      const values = Array.from({ length: totalSteps }, (_, step) => rate(step));
      expect(Math.max(...values)).toBeCloseTo(0.02, 8);
      // Noam counts from 1, the others from 0.
      expect(values.indexOf(Math.max(...values))).toBe(
        schedule === 'noam' ? Math.max(0, warmup - 1) : warmup,
      );
      for (let step = 1; step < warmup; step++)
        expect(values[step] ?? 0).toBeGreaterThan(values[step - 1] ?? 0);
      for (const value of values) expect(value).toBeGreaterThanOrEqual(0);
    },
  );
});
