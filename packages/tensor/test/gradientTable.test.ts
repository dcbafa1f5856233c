// GRADIENTS.md: each differentiable operation with the error of its derivative. `npm run gradients` in this package writes it anew.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { backends } from './backends.ts';
import { type Measured, measure, tabled, withoutGradient } from './gradientTable.ts';

const root = path.join(import.meta.dirname, '..');
const file = path.join(root, 'GRADIENTS.md');
const engines = backends.filter(({ name }) => name === 'js' || name === 'wasm');
const bound = 1e-3; // the tolerance of gradientCheck

const number = /(?<=\| )(0|\d+e[+-]\d+)(?= \|)/g; // a cell that holds an error

const table = (rows: readonly Measured[]): string =>
  [
    `| operation | inputs | ${engines.map(({ name }) => name).join(' | ')} |`,
    `|---|---|${engines.map(() => '---|').join('')}`,
    ...rows.map(
      ({ op, shapes, errors }) =>
        `| \`${op}\` | ${shapes} | ${errors.map((e) => (e === 0 ? '0' : e.toExponential(0))).join(' | ')} |`,
    ),
  ].join('\n');

const page = (groups: ReadonlyMap<string, readonly Measured[]>): string =>
  `${[
    '# Derivatives against finite differences',
    `Written by \`npm run gradients\`; \`test/gradientTable.test.ts\` keeps it true. Each operation is run on inputs of the shapes shown, every element of which is moved by \`gradientCheck\` (float32, five points, step 2⁻⁶). The number is the largest error on an engine: |derivative − difference| as a share of the larger of 1 and the difference. Float32 values differentiated so are themselves good to about 1e-5; the bound of the test is ${bound}.`,
    ...[...groups].map(([title, rows]) => `## ${title}\n\n${table(rows)}`),
    `Without a derivative: ${withoutGradient.map((op) => `\`${op}\``).join(', ')}.`,
  ].join('\n\n')}\n`;

/** Names that index.ts takes from the operations, types left out. */
const exported = (): string[] =>
  [
    ...readFileSync(path.join(root, 'src/index.ts'), 'utf8').matchAll(/export \{([^}]*)\} from '\.\/ops\//g),
  ].flatMap(([, names]) =>
    (names as string)
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type ')),
  );

describe('GRADIENTS.md', () => {
  it('has every operation of the package, each once, or says that it has no derivative', () => {
    expect([...tabled, ...withoutGradient].sort()).toEqual(exported().sort());
  });
  it('has the rows that are measured, all errors below the bound', () => {
    const measured = measure(engines);
    const { env } = import.meta as ImportMeta & { readonly env: { readonly MODE: string } }; // Vite's
    if (env.MODE === 'write') writeFileSync(file, page(measured));
    const withoutNumbers = (text: string) => text.replaceAll(number, '');
    const stored = readFileSync(file, 'utf8');
    expect(withoutNumbers(stored)).toBe(withoutNumbers(page(measured)));
    const errors = [...stored.matchAll(number)].map(([, digits]) => Number(digits));
    expect(errors.length).toBe(tabled.length * engines.length);
    expect(Math.max(...errors)).toBeLessThan(bound);
  });
});
