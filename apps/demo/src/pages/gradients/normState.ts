// What the comparison of norms shows: the sequence in changing company, at once; and ten trainings, when the reader asks for them.

import { batch, createSignal } from 'solid-js';
import type { NormCompany } from '../../experiments/normCompany.ts';
import { type NormOutcome, normCases } from '../../experiments/normOptions.ts';
import { latest } from '../../model/latest.ts';
import { messageOf } from '../../model/messageOf.ts';
import { client } from '../../model/session.ts';
import { currentAddress, updateAddress } from '../../state/address.ts';

/** Learning rates to choose from. */
export const normRates = [0.001, 0.003, 0.01, 0.03] as const;

/** Seeds to choose from. */
export const seeds = [1, 2, 3, 4, 5] as const;

const [rate, setRate] = createSignal<number>(0.003);
const [seed, setSeed] = createSignal<number>(1);
const [company, setCompany] = createSignal<NormCompany>();
const [outcomes, setOutcomes] = createSignal<readonly NormOutcome[]>([]);
const [running, setRunning] = createSignal(false);
const [error, setError] = createSignal('');

const fail = (reason: unknown): void => {
  batch(() => {
    setRunning(false);
    setError(messageOf(reason));
  });
};
const ask = latest(fail);
const train = latest(fail);

const meet = (): void =>
  void ask(async (signal) => {
    setCompany(await client('company', seed(), { signal }));
  });

const stop = (): void => {
  train.cancel();
  setRunning(false);
};

const forget = (): void => {
  stop();
  setOutcomes([]);
};

/** The comparison. */
export const normState = {
  ...{ rate, seed, company, outcomes, running, error, stop },
  /** How many nets a comparison trains. */
  total: (): number => normCases(rate(), seed()).length,
  enter(): void {
    const { values } = currentAddress();
    setRate(normRates.find((known) => String(known) === values.get('normRate')) ?? rate());
    setSeed(seeds.find((known) => String(known) === values.get('normSeed')) ?? seed());
    if (company() === undefined) meet();
  },
  setRate(next: number): void {
    forget();
    setRate(next);
    updateAddress({ normRate: String(next) });
  },
  setSeed(next: number): void {
    forget();
    setSeed(next);
    updateAddress({ normSeed: String(next) });
    meet();
  },
  run(): void {
    const cases = normCases(rate(), seed());
    setOutcomes([]);
    setRunning(true);
    void train(async (signal) => {
      await client('norms', cases, {
        signal,
        onEvent: (outcome) => setOutcomes((all) => [...all, outcome]),
      });
      setRunning(false);
    });
  },
} as const;
