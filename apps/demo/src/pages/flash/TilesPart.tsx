// First part: attention tile by tile. The picture with the tile at work, what its rows hold, what was moved, and the three outputs.

import { createMemo, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { Bars } from '../../components/Bars.tsx';
import { Curves } from '../../components/Curves.tsx';
import { Failure } from '../../components/Failure.tsx';
import { grouped, magnitude, powerOfTen } from '../../components/formatNumber.ts';
import { Hood } from '../../components/Hood.tsx';
import { Player } from '../../components/Player.tsx';
import { Presets } from '../../components/Presets.tsx';
import { Question } from '../../components/Question.tsx';
import { Range } from '../../components/Range.tsx';
import { Segmented } from '../../components/Segmented.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import { flashChoices, flashOrders } from '../../experiments/flashOptions.ts';
import { texts } from '../../i18n/texts.ts';
import { OutputStrips } from './OutputStrips.tsx';
import { RowsTable } from './RowsTable.tsx';
import { TilesPicture } from './TilesPicture.tsx';
import { tilesCode } from './tilesCode.ts';
import { tilesFindings } from './tilesFindings.ts';
import { tilesFormulas } from './tilesFormulas.ts';
import { tilesSentence } from './tilesSentence.ts';
import { tilePresets, tilesState } from './tilesState.ts';

const words = () => texts().flash.tiles;

const Controls = (): JSX.Element => {
  const range = (
    name: keyof typeof flashChoices,
    label: string,
    format: (value: number) => string = String,
  ) => (
    <Range
      label={label}
      values={flashChoices[name]}
      value={tilesState.options()[name]}
      format={format}
      onChange={(value) => tilesState.change({ [name]: value })}
    />
  );
  return (
    <section class="card controls">
      <Presets
        words={words()}
        presets={tilePresets}
        options={tilesState.options()}
        onChoose={tilesState.change}
      />
      <Segmented
        label={words().order}
        options={flashOrders.map((name) => ({ value: name, label: words().orders[name] }))}
        value={tilesState.options().order}
        onChange={(order) => tilesState.change({ order })}
      />
      <Segmented
        label={words().mask}
        options={[
          { value: 'none', label: words().masks.none },
          { value: 'causal', label: words().masks.causal },
        ]}
        value={tilesState.options().causal ? 'causal' : 'none'}
        onChange={(value) => tilesState.change({ causal: value === 'causal' })}
      />
      <details class="sizes" open={matchMedia('(min-width: 900px)').matches}>
        <summary>{words().sizes}</summary>
        {range('length', words().length)}
        {range('depth', words().depth)}
        {range('blockQueries', words().blockQueries)}
        {range('blockKeys', words().blockKeys)}
        {range('spread', words().spread, words().spreadValue)}
        {range('seed', words().seed)}
      </details>
    </section>
  );
};

const Moved = (): JSX.Element => {
  const bars = (level: 'main' | 'onChip') => {
    const run = tilesState.run();
    const [flash, standard] = [tilesState.step()?.moved[level] ?? 0, run?.standard[level] ?? 0];
    const bar = (name: string, value: number, tone: 'attention' | 'quiet') => ({
      ...{ name, parts: [{ name, value, tone }] },
      text: words().byteCount(grouped(value)),
    });
    return [bar(words().flash, flash, 'attention'), bar(words().standard, standard, 'quiet')];
  };
  /** Of the whole run, so that bars grow from tile to tile. */
  const most = (level: 'main' | 'onChip'): number =>
    Math.max(tilesState.run()?.steps.at(-1)?.moved[level] ?? 1, tilesState.run()?.standard[level] ?? 1);
  return (
    <section class="card">
      <h3>{words().moved}</h3>
      <h4 class="bars-title">{words().main}</h4>
      <Bars bars={bars('main')} most={most('main')} />
      <h4 class="bars-title">{words().onChip}</h4>
      <Bars bars={bars('onChip')} most={most('onChip')} />
      <p class="hint">{words().onChipHint}</p>
    </section>
  );
};

/** More marks than these touch each other. */
const mostMarked = 32;

const ErrorCurves = (): JSX.Element => {
  const run = () => tilesState.run();
  const points = (of: 'errors' | 'blockSumErrors') =>
    run()?.[of].map(({ rootMeanSquare }, index) => ({ x: index + 1, y: rootMeanSquare })) ?? [];
  const count = (): number => Math.max(2, tilesState.count());
  return (
    <section class="card">
      <h3>{words().errors}</h3>
      <Curves
        label={words().errors}
        series={[
          { name: words().notedShort, points: points('blockSumErrors'), tone: 'quiet', dashed: true },
          { name: words().mergedShort, points: points('errors'), tone: 'attention' },
        ]}
        x={{
          ...{ title: `${words().tileAxis} →`, domain: [1, count()], format: String },
          ticks: [1, Math.round((count() + 1) / 2), count()],
        }}
        y={{
          ...{ title: words().errorAxis, domain: [1e-8, 10], logarithmic: true },
          ...{ ticks: [1e-8, 1e-6, 1e-4, 1e-2, 1], format: powerOfTen },
        }}
        value={magnitude}
        labelWidth={118}
        marked={count() <= mostMarked}
        at={tilesState.shown() === 0 ? undefined : tilesState.shown()}
      />
    </section>
  );
};

const Stage = (): JSX.Element => {
  const sentence = createMemo(() => tilesSentence(texts().flash, tilesState.step()));
  return (
    <section class="card">
      <div class="tiles-stage">
        <Show when={tilesState.run()} fallback={<div class="tiles-waiting" />}>
          {(run) => (
            <TilesPicture
              run={run()}
              shown={tilesState.shown()}
              sentence={sentence()}
              onTile={tilesState.jump}
            />
          )}
        </Show>
        <div class="tiles-side">
          <Player
            place={tilesState.shown()}
            count={tilesState.count()}
            playing={tilesState.playing()}
            label={words().scrub}
            format={(place) => words().scrubValue(place, tilesState.count())}
            words={words()}
            onPlay={tilesState.play}
            onPause={tilesState.pause}
            onPlace={tilesState.jump}
          />
          <p class="readout" aria-live="polite">
            {sentence()}
          </p>
          <RowsTable />
        </div>
      </div>
    </section>
  );
};

/** The part. */
export const TilesPart = (): JSX.Element => {
  onMount(tilesState.enter);
  onCleanup(tilesState.leave);
  const findings = createMemo(() => tilesFindings(texts().flash, tilesState.run()));
  const formulas = createMemo(() => tilesFormulas(tilesState.run(), tilesState.shown()));
  return (
    <>
      <Question level={1} question={words().question} section={words().section} lead={words().lead} />
      <div class="train tiles-part">
        <div class="side">
          <Controls />
        </div>
        <div class="train-main">
          <Failure text={texts().flash.failed} message={tilesState.error()} />
          <Stage />
          <Verdict findings={findings()} notes={words().notesSay} />
          <div class="train-pictures">
            <section class="card">
              <h3>{words().outputs}</h3>
              <Show when={tilesState.run()}>
                {(run) => <OutputStrips run={run()} shown={tilesState.shown()} />}
              </Show>
            </section>
            <ErrorCurves />
          </div>
          <Moved />
          <Hood
            formulas={formulas().formulas}
            remarks={[
              formulas().row === undefined ? words().formulaNone : words().formulaRow(formulas().row ?? 0),
            ]}
            code={tilesCode(tilesState.options())}
            sourceName="apps/demo/src/experiments/flashTiles.ts"
            source={() => import('../../experiments/flashTiles.ts?raw').then((module) => module.default)}
          />
        </div>
      </div>
    </>
  );
};
