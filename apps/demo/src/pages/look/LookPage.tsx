// The first page: where words look, and which sentences are alike.

import { createMemo, type JSX, onCleanup, Show } from 'solid-js';
import { fixed, percent } from '../../components/formatNumber.ts';
import { formulaText } from '../../components/formulaText.ts';
import { Hood } from '../../components/Hood.tsx';
import { Question } from '../../components/Question.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import { indexOfLargest } from '../../experiments/attentionStatistics.ts';
import { texts } from '../../i18n/texts.ts';
import { currentModel } from '../../model/session.ts';
import { AttentionPart } from './AttentionPart.tsx';
import { attentionFindings } from './attentionFindings.ts';
import { ComparePart } from './ComparePart.tsx';
import { type LookState, lookState } from './lookState.ts';
import { ModelCard } from './ModelCard.tsx';
import { SentenceList } from './SentenceList.tsx';

/** The token that looks hardest at another one. */
const keenest = (weights: Float32Array, n: number): number => {
  const others = weights.map((weight, index) => (index % (n + 1) === 0 ? 0 : weight));
  return Math.floor(Math.max(0, indexOfLargest(others)) / n);
};

/** The two largest weights of a row, as the formula shows them. */
const strongest = (state: LookState) => {
  const map = state.map();
  const tokens = state.tokens();
  if (map === undefined || tokens.length < 2) return undefined;
  const query = Math.min(
    state.hovered() ?? state.pinned() ?? keenest(map.weights, tokens.length),
    tokens.length - 1,
  );
  const row = map.weights.subarray(query * tokens.length, (query + 1) * tokens.length);
  const [first = 0, second = 0] = [...row.keys()].sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0));
  const name = (index: number): string => tokens[index] ?? '';
  return {
    query: name(query),
    first: { name: name(first), weight: row[first] ?? 0 },
    second: { name: name(second), weight: row[second] ?? 0 },
  };
};

const codeOf = (
  text: string,
  layer: number,
  own: boolean,
): string => `import { pipeline } from '@heed/models-bert';
import { ${own ? 'fromFiles' : 'baseUrl'} } from '@heed/tensor/io';

const folder = ${own ? 'fromFiles(input.files)' : "baseUrl(new URL('weights/use-lite/', document.baseURI).href)"};
const extract = await pipeline('feature-extraction', folder);

const text = ${JSON.stringify(text)};
const { tokens, attentions } = extract(text, { output: { attentions: true } });
attentions?.[${layer}]; // float32[heads, n, n], each row sums to 1`;

/** The page. */
export const LookPage = (): JSX.Element => {
  const state = lookState();
  const findings = createMemo(() => {
    const map = state.map();
    return map === undefined
      ? []
      : attentionFindings(texts(), { map, maps: state.maps(), tokens: state.tokens() }, state.setPlace);
  });
  const letGo = (event: KeyboardEvent): void => {
    const pinned = state.pinned();
    if (event.key === 'Escape' && pinned !== undefined) state.pin(pinned);
  };
  addEventListener('keydown', letGo);
  onCleanup(() => removeEventListener('keydown', letGo));
  const formulas = createMemo(() => {
    const row = strongest(state);
    const general =
      '\\alpha_{ij} = \\frac{\\exp(q_i \\cdot k_j / \\sqrt{d})}{\\sum_{l} \\exp(q_i \\cdot k_l / \\sqrt{d})}';
    if (row === undefined) return [general];
    const weight = (name: string): string => `\\alpha_{${formulaText(row.query)},\\,${formulaText(name)}}`;
    return [
      general,
      `${weight(row.first.name)} = ${fixed(row.first.weight, 3)} \\qquad ${weight(row.second.name)} = ${fixed(row.second.weight, 3)}`,
    ];
  });
  const remarks = createMemo(() => {
    const row = strongest(state);
    if (row === undefined || row.second.weight <= 0) return [];
    return [
      texts().look.formulaText(row.query, row.first.name, percent(row.first.weight)),
      texts().look.formulaRatio(
        row.first.name,
        row.second.name,
        fixed(Math.log(row.first.weight / row.second.weight)),
      ),
    ];
  });
  return (
    <>
      <Question
        level={1}
        question={texts().look.question}
        section={texts().look.section}
        lead={texts().look.lead}
      />
      <div class="look">
        <div class="side">
          <SentenceList state={state} />
          <ModelCard />
        </div>
        <AttentionPart state={state} />
        <Show when={findings().length > 0}>
          <Verdict findings={findings()} notes={texts().look.notesSay} />
        </Show>
        <Hood
          formulas={formulas()}
          remarks={remarks()}
          code={codeOf(state.reading()?.text ?? '', state.map()?.layer ?? 0, currentModel()?.own === true)}
          sourceName="apps/demo/src/experiments/attentionStatistics.ts"
          source={() =>
            import('../../experiments/attentionStatistics.ts?raw').then((module) => module.default)
          }
        />
      </div>
      <ComparePart state={state} />
    </>
  );
};
