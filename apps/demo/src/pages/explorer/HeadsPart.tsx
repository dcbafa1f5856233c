// First part: all heads as a map, the chosen one as lines, as a matrix and as five shares.

import { createMemo, type JSX, Show } from 'solid-js';
import { fixed, percent } from '../../components/formatNumber.ts';
import { formulaText } from '../../components/formulaText.ts';
import { HeadGrid } from '../../components/HeadGrid.tsx';
import { HeadLines } from '../../components/HeadLines.tsx';
import { Hood } from '../../components/Hood.tsx';
import { Question } from '../../components/Question.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import type { HeadMap } from '../../experiments/headMaps.ts';
import { broadFrom, leastShare } from '../../experiments/headPattern.ts';
import { texts } from '../../i18n/texts.ts';
import { currentModel } from '../../model/session.ts';
import { AttentionMap } from '../look/AttentionMap.tsx';
import { LoadingBar } from '../look/LoadingBar.tsx';
import { ModelCard } from '../look/ModelCard.tsx';
import { headCode } from './explorerCode.ts';
import type { ExplorerState } from './explorerState.ts';
import { headFindings, patternName, shareOfName } from './headFindings.ts';
import { SentenceCard } from './SentenceCard.tsx';
import { ShareBars } from './ShareBars.tsx';

const words = () => texts().explorer.heads;

/** The part. */
export const HeadsPart = (props: { readonly state: ExplorerState }): JSX.Element => {
  const { state } = props;
  const title = (): string => texts().look.head(state.place().layer + 1, state.place().head + 1);
  const chosen = createMemo(() => state.hovered() ?? state.pinned());
  const caption = (map: HeadMap): string => {
    const { pattern } =
      state.maps().find(({ layer, head }) => layer === map.layer && head === map.head) ?? {};
    if (pattern === undefined) return '';
    const share = shareOfName(pattern);
    const value = share === undefined ? words().captionBits(fixed(pattern.entropy, 1)) : percent(share);
    return `${patternName(texts().explorer, pattern.name, state.special())} ${value}`;
  };
  const findings = createMemo(() => {
    const map = state.map();
    return map === undefined
      ? []
      : headFindings(
          texts(),
          { map, maps: state.maps(), tokens: state.tokens(), special: state.special() },
          state.choose,
        );
  });
  const formulas = createMemo(() => {
    const pattern = state.map()?.pattern;
    if (pattern === undefined || Number.isNaN(pattern.shares.previous)) return [];
    return [
      '\\text{previous} = \\frac{1}{n - 1} \\sum_{i=2}^{n} \\alpha_{i,\\,i-1}',
      `${formulaText(title())}: ${pattern.shares.previous.toFixed(3)}, \\quad n = ${state.tokens().length}`,
      '\\text{entropy} = -\\frac{1}{n} \\sum_{i, j} \\alpha_{ij} \\log_2 \\alpha_{ij}',
      `${formulaText(title())}: ${pattern.entropy.toFixed(2)} \\le \\log_2 n = ${pattern.mostEntropy.toFixed(2)}`,
    ];
  });
  return (
    <>
      <Question level={1} question={words().question} section={words().section} lead={words().lead} />
      <div class="train heads-part">
        <div class="side">
          <SentenceCard state={state} />
          <ModelCard />
        </div>
        <div class="train-main">
          <section class="card">
            <div class="card-head">
              <h3>{words().all}</h3>
              <p class="hint">{words().allHint}</p>
            </div>
            <LoadingBar />
            <Show when={state.error()}>{(message) => <pre class="error-text">{message()}</pre>}</Show>
            <div class="explorer-grid">
              <HeadGrid
                {...state.sizes()}
                size={state.tokens().length}
                maps={state.maps()}
                chosen={state.place()}
                onChoose={state.choose}
                caption={caption}
              />
              <Show when={state.map()}>
                {(map) => (
                  <div>
                    <h4>
                      {title()}: {words().parts}
                    </h4>
                    <ShareBars pattern={map().pattern} special={state.special()} />
                  </div>
                )}
              </Show>
            </div>
          </section>
          <div class="train-pictures">
            <section class="card">
              <div class="card-head">
                <h3>{words().lines}</h3>
                <p class="hint">{title()}</p>
              </div>
              <HeadLines
                label={`${words().lines}: ${title()}`}
                tokens={state.tokens()}
                weights={state.map()?.weights}
                chosen={chosen()}
                pinned={state.pinned()}
                rowTitle={texts().look.looking}
                columnTitle={texts().look.lookedAt}
                onHover={state.setHovered}
                onPin={state.pin}
              />
            </section>
            <AttentionMap
              heading={words().map}
              title={title()}
              hint={title()}
              tokens={state.tokens()}
              weights={state.map()?.weights}
              onHover={state.setHovered}
              onPick={({ row, column }) => state.pickPair(row, column)}
            />
          </div>
          <Show when={findings().length > 0}>
            <Verdict findings={findings()} notes={words().notesSay} />
          </Show>
          <Hood
            formulas={formulas()}
            remarks={[words().remark(percent(leastShare), percent(broadFrom))]}
            code={headCode({
              ...{ text: state.reading()?.text ?? '', ...state.place(), query: 0, key: 0 },
              own: currentModel()?.own === true,
            })}
            sourceName="apps/demo/src/experiments/headPattern.ts"
            source={() => import('../../experiments/headPattern.ts?raw').then((module) => module.default)}
          />
        </div>
      </div>
    </>
  );
};
