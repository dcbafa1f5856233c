// Second part: bytes and operations of big problems on chosen machines, counted step by step; by length, by tile, and the paper's figures.

import { createMemo, For, type JSX, onMount } from 'solid-js';
import { Bars } from '../../components/Bars.tsx';
import { Curves } from '../../components/Curves.tsx';
import { bytes, duration, fixed, quantity } from '../../components/formatNumber.ts';
import { Hood } from '../../components/Hood.tsx';
import { Presets } from '../../components/Presets.tsx';
import { Question } from '../../components/Question.tsx';
import { Range } from '../../components/Range.tsx';
import { Segmented } from '../../components/Segmented.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import { bothPasses, maskUses, paperFigures, tileSizes } from '../../experiments/attentionBytes.ts';
import { texts } from '../../i18n/texts.ts';
import { bytesCode } from './bytesCode.ts';
import { bytesFindings, isPaperProblem } from './bytesFindings.ts';
import { bytesFormulas } from './bytesFormulas.ts';
import { bytesChoices, bytesPresets, bytesState, machineNames } from './bytesState.ts';

const words = () => texts().flash.bytes;

const Controls = (): JSX.Element => {
  const range = (name: 'length' | 'depth' | 'heads' | 'batch') => (
    <Range
      label={words()[name]}
      values={bytesChoices[name]}
      value={bytesState.options()[name]}
      format={String}
      onChange={(value) => bytesState.change({ [name]: value })}
    />
  );
  return (
    <section class="card controls">
      <Presets
        words={words()}
        presets={bytesPresets}
        options={bytesState.options()}
        onChoose={bytesState.change}
      />
      <Segmented
        label={words().machine}
        options={machineNames.map((name) => ({ value: name, label: words().machines[name] }))}
        value={bytesState.options().machine}
        onChange={(machine) => bytesState.change({ machine })}
      />
      <p class="fine">{words().machineFacts[bytesState.options().machine]}</p>
      <details class="sizes" open={matchMedia('(min-width: 900px)').matches}>
        <summary>{words().sizes}</summary>
        {range('length')}
        {range('depth')}
        {range('heads')}
        {range('batch')}
        <Range
          label={words().tile}
          values={bytesChoices.blockKeys}
          value={bytesState.options().blockKeys ?? 0}
          format={(keys) => (keys === 0 ? words().tileAuto(bytesState.counts().blockKeys) : String(keys))}
          onChange={(keys) => bytesState.change({ blockKeys: tileSizes.find((size) => size === keys) })}
        />
        <Segmented
          label={words().mask}
          options={maskUses.map((use) => ({ value: use, label: words().masks[use] }))}
          value={bytesState.options().mask}
          onChange={(mask) => bytesState.change({ mask })}
        />
        <p class="fine">{words().maskHint}</p>
        <Segmented
          label={words().dropout}
          options={[
            { value: 'off', label: words().dropouts.off },
            { value: 'on', label: words().dropouts.on },
          ]}
          value={bytesState.options().dropout ? 'on' : 'off'}
          onChange={(value) => bytesState.change({ dropout: value === 'on' })}
        />
      </details>
    </section>
  );
};

const Passes = (): JSX.Element => {
  const bars = createMemo(() =>
    (['standard', 'flash'] as const).map((name) => {
      const { forward, backward } = bytesState.counts()[name];
      const tone = name === 'standard' ? ('quiet' as const) : ('attention' as const);
      return {
        name: words()[name],
        parts: [
          { name: words().forward, value: forward.mainBytes, tone },
          { name: words().backward, value: backward.mainBytes, tone, soft: true },
        ],
        text: bytes(forward.mainBytes + backward.mainBytes),
      };
    }),
  );
  return (
    <section class="card">
      <h3>{words().bars}</h3>
      <Bars bars={bars()} legend />
    </section>
  );
};

const powers = (values: readonly number[]): { domain: readonly [number, number]; ticks: number[] } => {
  const finite = values.filter((value) => value > 0);
  const low = Math.floor(Math.log10(Math.min(...finite)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...finite))));
  return {
    domain: [10 ** low, 10 ** high],
    ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
  };
};

const axisBytes = (count: number): string => `${quantity(count)}B`;
const short = (length: number): string => (length >= 1024 ? `${length / 1024}k` : String(length));

const ByLength = (): JSX.Element => (
  <section class="card">
    <h3>{words().byLength}</h3>
    <Curves
      label={words().byLength}
      series={(['standard', 'flash'] as const).map((name) => ({
        name: words()[name],
        points: bytesState.byLength().map((row) => ({ x: row.length, y: row[name] })),
        ...(name === 'standard' ? { tone: 'quiet', dashed: true } : { tone: 'attention' }),
        valued: false,
      }))}
      x={{
        ...{ title: `${words().lengthAxis} →`, domain: [128, 65_536], logarithmic: true },
        ...{ ticks: [128, 1024, 8192, 65_536], format: short },
      }}
      y={{
        ...{ title: words().bytesAxis, logarithmic: true, format: axisBytes },
        ...powers(bytesState.byLength().flatMap(({ standard, flash }) => [standard, flash])),
      }}
      value={bytes}
      labelWidth={112}
      marked
      at={bytesState.options().length}
    />
  </section>
);

const ByTile = (): JSX.Element => {
  const points = (fits: boolean) =>
    bytesState
      .byTile()
      .filter((row) => row.fits === fits)
      .map(({ blockKeys, flash }) => ({ x: blockKeys, y: flash }));
  return (
    <section class="card">
      <h3>{words().byTile}</h3>
      <Curves
        label={words().byTile}
        series={[
          { name: words().fits, points: points(true), tone: 'attention', valued: false },
          { name: words().tooLarge, points: points(false), tone: 'quiet', dashed: true, valued: false },
        ]}
        x={{
          ...{ title: `${words().tileAxis} →`, domain: [16, 1024], logarithmic: true },
          ...{ ticks: [16, 64, 256, 1024], format: String },
        }}
        y={{
          ...{ title: words().bytesAxis, logarithmic: true, format: axisBytes },
          ...powers(bytesState.byTile().map(({ flash }) => flash)),
        }}
        value={bytes}
        labelWidth={92}
        marked
        at={bytesState.counts().blockKeys}
      />
    </section>
  );
};

interface CountRow {
  readonly name: string;
  readonly standard: string;
  readonly flash: string;
  readonly ratio: string;
}

const rowsOf = (): CountRow[] => {
  const { table } = words();
  const [standard, flash] = [bothPasses(bytesState.counts().standard), bothPasses(bytesState.counts().flash)];
  const row = (
    name: string,
    [a, b]: readonly [number, number],
    format: (value: number) => string,
  ): CountRow => ({
    ...{ name, standard: format(a), flash: format(b), ratio: fixed(a / b) },
  });
  const flops = (count: number): string => words().flops(quantity(count));
  const rows = [
    row(table.main, [standard.mainBytes, flash.mainBytes], bytes),
    row(table.onChip, [standard.onChipBytes, flash.onChipBytes], bytes),
    row(table.products, [standard.productFlops, flash.productFlops], flops),
    row(table.elements, [standard.elementFlops, flash.elementFlops], flops),
  ];
  if (standard.seconds !== undefined && flash.seconds !== undefined)
    rows.push(row(table.seconds, [standard.seconds, flash.seconds], (time) => duration(1000 * time)));
  if (isPaperProblem(bytesState.options())) {
    const { standardBytes, flashBytes, standardFlops, flashFlops } = paperFigures;
    rows.push(
      row(table.paperBytes, [standardBytes, flashBytes], bytes),
      row(table.paperFlops, [standardFlops, flashFlops], flops),
    );
  }
  return rows;
};

const Counts = (): JSX.Element => (
  <section class="card">
    <h3>{words().table.title}</h3>
    <section class="counts-frame" tabindex="0" aria-label={words().table.title}>
      <table class="counts">
        <thead>
          <tr>
            <td />
            <th scope="col">{words().standard}</th>
            <th scope="col">{words().flash}</th>
            <th scope="col">{words().table.ratio}</th>
          </tr>
        </thead>
        <tbody>
          <For each={rowsOf()}>
            {(row) => (
              <tr>
                <th scope="row">{row.name}</th>
                <td>{row.standard}</td>
                <td>{row.flash}</td>
                <td>{row.ratio}</td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </section>
  </section>
);

/** The part. */
export const BytesPart = (): JSX.Element => {
  onMount(bytesState.enter);
  const findings = createMemo(() => bytesFindings(texts().flash, bytesState.options(), bytesState.counts()));
  return (
    <>
      <Question level={2} question={words().question} section={words().section} lead={words().lead} />
      <div class="train bytes-part">
        <div class="side">
          <Controls />
        </div>
        <div class="train-main">
          <Passes />
          <Verdict findings={findings()} notes={words().notesSay} />
          <div class="train-pictures">
            <ByLength />
            <ByTile />
          </div>
          <Counts />
          <Hood
            formulas={bytesFormulas(bytesState.options())}
            remarks={[words().remark]}
            code={bytesCode(bytesState.options())}
            sourceName="apps/demo/src/experiments/attentionBytes.ts"
            source={() => import('../../experiments/attentionBytes.ts?raw').then((module) => module.default)}
          />
        </div>
      </div>
    </>
  );
};
