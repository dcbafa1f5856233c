// Second part: one query of the chosen head, dimension by dimension, and which of them make the weight of one key.

import { createMemo, For, type JSX, Show } from 'solid-js';
import { fixed } from '../../components/formatNumber.ts';
import { formulaText } from '../../components/formulaText.ts';
import { Hood } from '../../components/Hood.tsx';
import { Question } from '../../components/Question.tsx';
import { Segmented } from '../../components/Segmented.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import { lifts, type NeuronView } from '../../experiments/neuronView.ts';
import { texts } from '../../i18n/texts.ts';
import { currentModel } from '../../model/session.ts';
import { neuronCode } from './explorerCode.ts';
import type { DimensionOrder, ExplorerState } from './explorerState.ts';
import { NeuronPicture } from './NeuronPicture.tsx';
import { neuronFindings } from './neuronFindings.ts';

const words = () => texts().explorer.neuron;

/** Dimensions in the table. */
const tabled = 8;

/** A view with the token that looks and the chosen key. */
interface Chosen {
  readonly view: NeuronView;
  readonly query: number;
  readonly key: number;
}

const LiftTable = (props: Chosen): JSX.Element => (
  <table class="check-table">
    <caption class="visually-hidden">{words().table}</caption>
    <thead>
      <tr>
        <th scope="col">{words().dimension}</th>
        <th scope="col">q</th>
        <th scope="col">{words().key}</th>
        <th scope="col">{words().product}</th>
        <th scope="col">{words().lift}</th>
      </tr>
    </thead>
    <tbody>
      <For each={lifts(props.view, props.key).slice(0, tabled)}>
        {({ dimension, lift }) => (
          <tr>
            <th scope="row">{dimension}</th>
            <td>{fixed(props.view.query[dimension] ?? 0)}</td>
            <td>{fixed(props.view.keys[props.key]?.[dimension] ?? 0)}</td>
            <td>{fixed(props.view.products[props.key]?.[dimension] ?? 0)}</td>
            <td>{fixed(lift)}</td>
          </tr>
        )}
      </For>
    </tbody>
  </table>
);

/** The part. */
export const NeuronPart = (props: { readonly state: ExplorerState }): JSX.Element => {
  const { state } = props;
  const chosen = createMemo((): Chosen | undefined => {
    const [view, query, key] = [state.view(), state.query(), state.key()];
    return view === undefined || query === undefined || key === undefined ? undefined : { view, query, key };
  });
  const token = (index: number): string => state.tokens()[index] ?? '';
  const order = createMemo(() => {
    const own = chosen();
    if (own === undefined) return [];
    return state.order() === 'lift'
      ? lifts(own.view, own.key).map(({ dimension }) => dimension)
      : Array.from(own.view.query.keys());
  });
  const findings = createMemo(() => {
    const [own, map, n] = [chosen(), state.map(), state.tokens().length];
    if (own === undefined || map === undefined) return [];
    const row = map.weights.subarray(own.query * n, (own.query + 1) * n);
    return neuronFindings(texts().explorer, { ...own, tokens: state.tokens(), row });
  });
  const formulas = createMemo(() => {
    const own = chosen();
    if (own === undefined) return [];
    const { view, query, key } = own;
    const weight = `\\alpha_{${formulaText(token(query))},\\,${formulaText(token(key))}}`;
    return [
      's_{ij} = \\frac{1}{\\sqrt{d}} \\sum_{e=1}^{d} q_{ie} \\, k_{je}',
      `s = \\frac{${(view.dots[key] ?? 0).toFixed(2)}}{\\sqrt{${view.query.length}}} = ${(view.scores[key] ?? 0).toFixed(2)}`,
      `${weight} = \\frac{e^{s_{ij}}}{\\sum_l e^{s_{il}}} = ${(view.weights[key] ?? 0).toFixed(3)}`,
    ];
  });
  const orders: readonly DimensionOrder[] = ['lift', 'index'];
  return (
    <>
      <Question level={2} question={words().question} section={words().section} lead={words().lead} />
      <div class="neuron-part">
        <section class="card neuron-card">
          <div class="neuron-controls">
            <label class="select-label">
              <span class="control-label">{words().token}</span>
              <select
                class="select"
                value={String(state.query() ?? 0)}
                onChange={(event) => {
                  const index = Number(event.currentTarget.value);
                  if (index !== state.pinned()) state.pin(index);
                }}
              >
                <For each={state.tokens()}>
                  {(own, index) => (
                    <option value={String(index())} selected={index() === state.query()}>
                      {index() + 1} {own}
                    </option>
                  )}
                </For>
              </select>
            </label>
            <Segmented
              label={words().order}
              options={orders.map((value) => ({ value, label: words().orders[value] }))}
              value={state.order()}
              onChange={state.setOrder}
            />
          </div>
          <Show when={chosen()} fallback={<p class="hint neuron-waiting">{words().waiting}</p>}>
            {(own) => (
              <>
                <h3>
                  {texts().look.head(state.place().layer + 1, state.place().head + 1)},{' '}
                  {words().query(token(own().query))}
                </h3>
                <NeuronPicture
                  view={own().view}
                  tokens={state.tokens()}
                  query={own().query}
                  chosen={own().key}
                  order={order()}
                  onChoose={state.pickKey}
                />
              </>
            )}
          </Show>
        </section>
        <Show when={chosen()}>
          {(own) => (
            <section class="card">
              <h3>
                {words().table}: “{token(own().key)}”
              </h3>
              <LiftTable {...own()} />
            </section>
          )}
        </Show>
        <Show when={findings().length > 0}>
          <Verdict findings={findings()} notes={words().notesSay} />
        </Show>
        <Hood
          formulas={formulas()}
          remarks={[words().remark]}
          code={neuronCode({
            ...{ text: state.reading()?.text ?? '', ...state.place() },
            ...{ query: state.query() ?? 0, key: state.key() ?? 0, own: currentModel()?.own === true },
          })}
          sourceName="apps/demo/src/experiments/neuronView.ts"
          source={() => import('../../experiments/neuronView.ts?raw').then((module) => module.default)}
        />
      </div>
    </>
  );
};
