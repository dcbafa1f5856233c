// Second part: what each operation passes back, step by step, and whether it is right.

import { createMemo, For, type JSX, onMount, Show } from 'solid-js';
import { calledNames } from '../../components/calledNames.ts';
import { fixed } from '../../components/formatNumber.ts';
import { Hood } from '../../components/Hood.tsx';
import { Question } from '../../components/Question.tsx';
import { Range } from '../../components/Range.tsx';
import { Segmented } from '../../components/Segmented.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import { expressions } from '../../experiments/expressions.ts';
import { texts } from '../../i18n/texts.ts';
import { GraphPicture } from './GraphPicture.tsx';
import { graphFindings } from './graphFindings.ts';
import { expressionNames, graphState } from './graphState.ts';
import { slopePaths } from './slopePaths.ts';

const words = () => texts().gradients.graph;

/** −2 … 2 by tenths. */
const grid = Array.from({ length: 41 }, (_, index) => (index - 20) / 10);
/** What a step of learning made lies between the slider's values. */
const nearest = (value: number): number => grid[Math.max(0, Math.min(40, Math.round(10 * value) + 20))] ?? 0;

const Controls = (): JSX.Element => (
  <section class="card controls">
    <div class="wrapped halves">
      <Segmented
        label={words().expression}
        options={expressionNames.map((name) => ({ value: name, label: words().expressions[name] }))}
        value={graphState.name()}
        onChange={graphState.choose}
      />
    </div>
    <p class="hint">{words().points[graphState.name()]}</p>
    <For each={expressions[graphState.name()].leaves}>
      {(leaf) => {
        const value = (): number => graphState.numbers()[leaf.name] ?? leaf.value;
        return (
          <Range
            label={leaf.name}
            values={grid}
            value={nearest(value())}
            format={() => fixed(value())}
            onChange={(next) => graphState.change({ [leaf.name]: next })}
          />
        );
      }}
    </For>
    <div class="row">
      <button type="button" class="button" onClick={graphState.learn}>
        {words().learn}
      </button>
      <button type="button" class="quiet" onClick={graphState.restore}>
        {words().restore}
      </button>
    </div>
  </section>
);

const Stepper = (): JSX.Element => {
  const sentence = (): string => {
    const graph = graphState.graph();
    const { operations } = graphState.expression();
    const at = graphState.shown() - 1;
    if (graph === undefined || at < 0) return words().ready;
    const operation = operations[at];
    if (operation !== undefined)
      return words().forward(operation.name, fixed(graph.values[operation.name] ?? 0));
    const part = graph.passed[at - operations.length];
    return part === undefined ? '' : words().backward(part.from, part.to, fixed(part.gradient));
  };
  return (
    <div class="stepper">
      <div class="row">
        <button
          type="button"
          class="button"
          disabled={graphState.shown() === 0}
          onClick={() => graphState.show(graphState.shown() - 1)}
        >
          ← {words().back}
        </button>
        <button
          type="button"
          class="button"
          disabled={graphState.shown() === graphState.stages()}
          onClick={() => graphState.show(graphState.shown() + 1)}
        >
          {words().next} →
        </button>
        <Show
          when={graphState.shown() === graphState.stages()}
          fallback={
            <button type="button" class="quiet" onClick={graphState.showAll}>
              {words().all}
            </button>
          }
        >
          <button type="button" class="quiet" onClick={() => graphState.show(0)}>
            {words().none}
          </button>
        </Show>
      </div>
      <p class="readout" aria-live="polite">
        <span class="number">{words().stage(graphState.shown(), graphState.stages())}</span> · {sentence()}
      </p>
    </div>
  );
};

const CheckTable = (): JSX.Element => (
  <section class="card">
    <h3>{words().table.title}</h3>
    <table class="check-table">
      <thead>
        <tr>
          <th scope="col">{words().table.name}</th>
          <th scope="col">{words().table.gradient}</th>
          <th scope="col">{words().table.difference}</th>
        </tr>
      </thead>
      <tbody>
        <For each={graphState.graph()?.leaves ?? []}>
          {(leaf) => (
            <tr>
              <th scope="row">{leaf.name}</th>
              <td>{fixed(leaf.gradient, 5)}</td>
              <td>{fixed(leaf.difference, 5)}</td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  </section>
);

const code = (): string => {
  const { name, expression, numbers } = graphState;
  const bodies = {
    neuron: 'square(sub(tanh(add(mul(w, x), b)), y))',
    shared: 'exp(add(mul(w, x), square(w)))',
    relu: 'square(sub(relu(add(mul(w, x), b)), y))',
    logistic: 'neg(log(sigmoid(add(mul(w, x), b))))',
  };
  const { leaves } = expression();
  const list = leaves.map((leaf) => leaf.name).join(', ');
  const names = ['add', 'exp', 'log', 'mul', 'neg', 'relu', 'sigmoid', 'square', 'sub', 'tanh'];
  const used = calledNames(bodies[name()], names);
  const values = leaves
    .map((leaf) => `variable(tensor(${Number((numbers()[leaf.name] ?? 0).toFixed(4))}))`)
    .join(', ');
  return `import { backward, gradientCheck, tensor, variable, ${used} } from '@heed/tensor';

const loss = (${list}) => ${bodies[name()]};
const [${list}] = [${values}];
const gradients = backward(loss(${list}));
gradients.get(w).item(); // ${fixed(graphState.graph()?.gradients.w ?? 0, 5)}
gradientCheck(loss, [${list}]).error; // ${(graphState.graph()?.error ?? 0).toExponential(1)}`;
};

/** The chain rule for w, with the numbers of the present graph. */
const chain = (): string => {
  const graph = graphState.graph();
  if (graph === undefined) return '';
  const products = slopePaths(graph, { from: 'L', to: 'w' }).map((path) =>
    path.map((slope) => (slope < 0 ? `(${slope.toFixed(2)})` : slope.toFixed(2))).join(' \\cdot '),
  );
  const total = (graph.gradients.w ?? 0).toFixed(2);
  return `\\begin{aligned} \\frac{\\partial L}{\\partial w} &= ${products.join(' \\\\ &+ ')} \\\\ &= ${total} \\end{aligned}`;
};

/** The part. */
export const GraphPart = (): JSX.Element => {
  onMount(graphState.enter);
  const findings = createMemo(() => {
    const graph = graphState.graph();
    return graph === undefined ? [] : graphFindings(texts().gradients, graphState.name(), graph);
  });
  return (
    <>
      <Question level={2} question={words().question} section={words().section} lead={words().lead} />
      <div class="train graph-part">
        <div class="side">
          <Controls />
          <CheckTable />
        </div>
        <div class="train-main">
          <Show when={graphState.error() !== ''}>
            <div class="card" role="alert">
              <pre class="error-text">{graphState.error()}</pre>
            </div>
          </Show>
          <section class="card">
            <GraphPicture />
            <p class="graph-legend">
              <span class="graph-key value">{words().value}</span>
              <span class="graph-key gradient">∂ {words().slope}</span>
            </p>
            <Stepper />
          </section>
          <Verdict findings={findings()} notes={words().notesSay} />
          <Hood
            formulas={[
              graphState.expression().formula,
              chain(),
              '\\frac{\\partial L}{\\partial x} = \\sum_{y \\text{ uses } x} \\frac{\\partial L}{\\partial y} \\cdot \\frac{\\partial y}{\\partial x}',
              'f^{\\prime}(x) \\approx \\frac{8 \\, \\delta_h - \\delta_{2h}}{12 h}',
              '\\delta_h = f(x + h) - f(x - h)',
            ]}
            remarks={[]}
            code={code()}
            sourceName="apps/demo/src/experiments/backwardGraph.ts"
            source={() => import('../../experiments/backwardGraph.ts?raw').then((module) => module.default)}
          />
        </div>
      </div>
    </>
  );
};
