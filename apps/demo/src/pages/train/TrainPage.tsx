// The second page: a small transformer learns, live, and its cross-attention finds its shape.

import { createMemo, For, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { fixed, percent, significant } from '../../components/formatNumber.ts';
import { Hood } from '../../components/Hood.tsx';
import { LineChart } from '../../components/LineChart.tsx';
import { Question } from '../../components/Question.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import { bestAlignedHead, sharpestHead } from '../../experiments/alignment.ts';
import { tasks } from '../../experiments/tasks.ts';
import { texts } from '../../i18n/texts.ts';
import { Controls } from './Controls.tsx';
import { CrossMap } from './CrossMap.tsx';
import { Stats } from './Stats.tsx';
import { TryIt } from './TryIt.tsx';
import { trainFindings } from './trainFindings.ts';
import { trainState } from './trainState.ts';

const Charts = (): JSX.Element => {
  const losses = createMemo(() => trainState.steps().map(({ step, loss }) => ({ x: step, y: loss })));
  const exact = createMemo(() =>
    trainState.examinations().map(({ step, examination }) => ({ x: step, y: examination.exact })),
  );
  const guess = (): number => Math.log(tasks[trainState.options().task].alphabet.length + 1);
  const label = (name: string, value: string | undefined): string =>
    value === undefined ? name : `${name}: ${value}`;
  const lastLoss = (): string | undefined => {
    const loss = trainState.loss();
    return loss === undefined ? undefined : fixed(loss);
  };
  return (
    <section class="card charts">
      <div>
        <h3>{texts().train.lossChart}</h3>
        <LineChart
          label={label(texts().train.lossChart, lastLoss())}
          points={losses()}
          xTitle={texts().train.stepAxis}
          yTitle={texts().train.lossAxis}
          format={significant}
          ticks={[0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]}
          domain={[0.003, 5]}
          logarithmic
          reference={{ value: guess(), label: texts().train.guess }}
        />
      </div>
      <div>
        <h3>{texts().train.exactChart}</h3>
        <LineChart
          label={label(texts().train.exactChart, percent(exact().at(-1)?.y ?? 0))}
          points={exact()}
          xTitle={texts().train.stepAxis}
          yTitle={texts().train.exactAxis}
          format={percent}
          domain={[0, 1]}
        />
      </div>
    </section>
  );
};

const Sample = (): JSX.Element => (
  <section class="card sample">
    <h3>{texts().train.sample}</h3>
    <table>
      <thead>
        <tr>
          <th scope="col">{texts().train.sampleIn}</th>
          <th scope="col">{texts().train.sampleOut}</th>
        </tr>
      </thead>
      <tbody>
        <For each={trainState.examinations().at(-1)?.examination.sample ?? []}>
          {({ source, target, written }) => (
            <tr>
              <td>{source}</td>
              <td classList={{ correct: written === target, incorrect: written !== target }}>
                <span class="mark" aria-hidden="true">
                  {written === target ? '✓' : '✗'}
                </span>
                <span class="visually-hidden">
                  {written === target ? texts().train.right : texts().train.wrong}:{' '}
                </span>
                {written === '' ? '–' : written}
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  </section>
);

const code = (): string => {
  const { width, heads, layers, learningRate } = trainState.options();
  return `import { idBatch, ignoredLabel, Transformer, teacherForcing } from '@heed/models-seq2seq';
import { backward, crossEntropy, random } from '@heed/tensor';
import { initialize, parameters } from '@heed/tensor/nn';
import { adamW, clipGradients, cosineDecay, warmup } from '@heed/tensor/optim';

const model = initialize(new Transformer({ sourceVocabulary: 29, width: ${width}, heads: ${heads}, innerWidth: ${4 * width},
  encoderLayers: ${layers}, decoderLayers: ${layers}, dropout: 0 }), random(1));
const optimizer = adamW(parameters(model), { learningRate: warmup(60, cosineDecay(${learningRate}, 800, ${learningRate / 20})), betas: [0.9, 0.98] });
for (const { sources, targets } of batches) { // ids, a row an example
  const { input, labels } = teacherForcing(targets, { start: 1, end: 2 });
  const loss = crossEntropy(model.forward(idBatch(sources), input), labels, { ignoreIndex: ignoredLabel });
  optimizer.step(clipGradients(backward(loss), 1));
}`;
};

/** The page. */
export const TrainPage = (): JSX.Element => {
  onMount(trainState.enter);
  onCleanup(trainState.leave);
  const findings = createMemo(() => {
    const look = trainState.look();
    const { task, heads } = trainState.options();
    return trainFindings(texts(), {
      step: trainState.steps().at(-1)?.step ?? 0,
      milliseconds: trainState.milliseconds(),
      examination: trainState.examinations().at(-1)?.examination,
      characters: tasks[task].alphabet.length + 1,
      sharp: look && sharpestHead(look.maps, { heads, columns: look.source.length }),
      probe: look?.source ?? '',
      mirror:
        task === 'reverse' && look !== undefined
          ? bestAlignedHead(look.maps, { heads, length: look.source.length })
          : undefined,
    });
  });
  const loss = (): number =>
    trainState.loss() ?? Math.log(tasks[trainState.options().task].alphabet.length + 1);
  return (
    <>
      <Question
        level={1}
        question={texts().train.question}
        section={texts().train.section}
        lead={texts().train.lead}
      />
      <div class="train">
        <div class="side">
          <Controls />
        </div>
        <div class="train-main">
          <Show when={trainState.kind() === 'failed'}>
            <div class="card" role="alert">
              <p>{texts().train.failed}</p>
              <pre class="error-text">{trainState.error()}</pre>
            </div>
          </Show>
          <Stats />
          <div class="train-pictures">
            <CrossMap />
            <Charts />
          </div>
          <div class="train-pictures">
            <TryIt />
            <Sample />
          </div>
          <Verdict findings={findings()} notes={texts().train.notesSay} />
          <Hood
            formulas={[
              '\\mathcal{L} = -\\frac{1}{N} \\sum_{t} \\log p(y_t \\mid y_{<t}, x)',
              `\\mathcal{L} = ${loss().toFixed(3)}, \\qquad e^{-\\mathcal{L}} = ${Math.exp(-loss()).toFixed(3)}`,
            ]}
            remarks={[texts().train.formulaLoss(fixed(loss(), 3), percent(Math.exp(-loss())))]}
            code={code()}
            sourceName="apps/demo/src/experiments/trainer.ts"
            source={() => import('../../experiments/trainer.ts?raw').then((module) => module.default)}
          />
        </div>
      </div>
    </>
  );
};
