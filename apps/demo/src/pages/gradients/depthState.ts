// What the part on depth shows: the stack, the curves of each law, and for one law the curve of the other choice of residual path.

import { batch, createSignal } from 'solid-js';
import {
  type DepthCurve,
  type DepthOptions,
  depthActivations,
  depthLaws,
  depthNorms,
  type EmbeddingVariance,
  standardDepth,
} from '../../experiments/depthOptions.ts';
import { latest } from '../../model/latest.ts';
import { messageOf } from '../../model/messageOf.ts';
import { client } from '../../model/session.ts';
import { currentAddress, updateAddress } from '../../state/address.ts';
import { seeds } from './normState.ts';

/** Numbers of layers to choose from. */
export const depths = [4, 8, 12, 16, 20, 24, 32, 48, 64] as const;

/** Stacks that make a point in one click. */
export const depthPresets = {
  plain: { residual: false, norm: 'none' },
  residual: { residual: true, norm: 'none' },
  pre: { residual: true, norm: 'pre' },
  post: { residual: true, norm: 'post' },
} as const satisfies Record<string, Partial<DepthOptions>>;

const [options, setOptions] = createSignal<DepthOptions>(standardDepth);
const [curves, setCurves] = createSignal<readonly DepthCurve[]>([]);
const [other, setOther] = createSignal<DepthCurve>();
const [embedding, setEmbedding] = createSignal<EmbeddingVariance>();
const [error, setError] = createSignal('');

const ask = latest((reason) => setError(messageOf(reason)));

const compute = (): void => {
  const asked = options();
  void ask(async (signal) => {
    const fresh: DepthCurve[] = [];
    await client(
      'depth',
      { laws: depthLaws, options: asked },
      { signal, onEvent: (curve) => fresh.push(curve) },
    );
    let counterpart: DepthCurve | undefined;
    await client(
      'depth',
      { laws: ['bert'], options: { ...asked, residual: !asked.residual } },
      {
        signal,
        onEvent: (curve) => {
          counterpart = curve;
        },
      },
    );
    batch(() => {
      setCurves(fresh);
      setOther(counterpart);
      setError('');
    });
    if (embedding() === undefined) setEmbedding(await client('embedding', undefined, { signal }));
  });
};

const fromAddress = (): DepthOptions => {
  const { values } = currentAddress();
  const depth = Number(values.get('depth') ?? Number.NaN);
  return {
    activation:
      depthActivations.find((name) => name === values.get('activation')) ?? standardDepth.activation,
    norm: depthNorms.find((name) => name === values.get('norm')) ?? standardDepth.norm,
    residual: values.get('residual') === 'on',
    depth: (depths as readonly number[]).includes(depth) ? depth : standardDepth.depth,
    seed: seeds.find((known) => String(known) === values.get('seed')) ?? standardDepth.seed,
  };
};

/** The stack. */
export const depthState = {
  ...{ options, curves, other, embedding, error },
  enter(): void {
    if (curves().length === 0) setOptions(fromAddress());
    compute();
  },
  leave(): void {
    ask.cancel();
  },
  change(changes: Partial<DepthOptions>): void {
    const next = { ...options(), ...changes };
    setOptions(next);
    updateAddress({
      ...{ activation: next.activation, norm: next.norm },
      residual: next.residual ? 'on' : 'off',
      depth: String(next.depth),
      seed: String(next.seed),
    });
    compute();
  },
} as const;
