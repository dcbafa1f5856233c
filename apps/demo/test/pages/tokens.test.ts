// The tokenizer workbench in a real browser: stages with offsets, own files, training with scrubbing, the table, files that are saved.

import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describePage, expectAccessible, expectNoSidewaysScroll, minute, type Visit } from './site.ts';

const verdict = async (page: Page, part: string): Promise<string> => {
  const first = page.locator(`${part} .verdict-first`);
  await page.locator(part).scrollIntoViewIfNeeded();
  await first.waitFor({ timeout: minute });
  return (await page.locator(`${part} .verdict`).textContent()) ?? '';
};

const shows = async (page: Page, selector: string, text: string): Promise<void> => {
  await page.waitForFunction(
    ([where, what]) => document.querySelector(where ?? '')?.textContent?.includes(what ?? ''),
    [selector, text],
    { timeout: minute },
  );
};

/** The pieces of a row, by its place: the text is 0, the normalizer 1, … the decoder 5. */
const pieces = (page: Page, row: number): Promise<string[]> =>
  page.locator('.stage-row').nth(row).locator('.strip-cell').allTextContents();

/** The pieces that are alight. */
const alight = (page: Page, row: number): Promise<string[]> =>
  page.locator('.stage-row').nth(row).locator('.strip-cell.alight').allTextContents();

const saved = async (
  page: Page,
  button: string,
): Promise<{ name: string; json: Record<string, unknown> }> => {
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator(button).click()]);
  const file = JSON.parse(readFileSync(await download.path(), 'utf8')) as Record<string, unknown>;
  return { name: download.suggestedFilename(), json: file };
};

/** Drops a file on the window, as a reader does. */
const drop = (page: Page, name: string, text: string): Promise<void> =>
  page.evaluate(
    ([file, content]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content ?? ''], file ?? ''));
      dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
    },
    [name, text],
  );

describePage('the Tokens page', (visit) => {
  const views: readonly (Visit & { readonly lang: 'en' | 'zh' })[] = [
    { screen: 'desk', lang: 'en', colorScheme: 'dark' },
    { screen: 'phone', lang: 'zh' },
  ];
  it.each(views)(
    'on a $screen in $lang: three parts, each with its verdict in range, nothing out of reach',
    { timeout: 4 * minute },
    async ({ lang, ...view }) => {
      const { page, errors, close } = await visit(`#/tokens?lang=${lang}`, view);
      const stages = await verdict(page, '.stages-part');
      for (const number of ['15', '45', '3.0']) expect(stages).toContain(number);
      const merges = await verdict(page, '.merges-part');
      for (const part of ['e + s', '9', 'w + ##i', '0.33', '▁low|est', 'low|##est'])
        expect(merges).toContain(part);
      const table = await verdict(page, '.granularity-part');
      expect(table).toContain('31.8');
      const rows = await page.locator('.granularity-table tbody tr').allTextContents();
      expect(rows.length).toBe(6);
      const unknown = Number(/19\s*%/u.exec(rows[5] ?? '')?.[0].replace(/\D/g, ''));
      expect(unknown).toBe(19); // words that Shakespeare's other plays have
      await page.locator('.stages-part .hood-trigger').click();
      await page.waitForSelector('.formula math');
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      expect(errors).toEqual([]);
      await close();
    },
  );

  it('a piece lights up where it came from, by pointer and by keyboard; any text, any tokenizer, own files', {
    timeout: 3 * minute,
  }, async () => {
    const { page, errors, close } = await visit('#/tokens?lang=en', { screen: 'desk' });
    await verdict(page, '.stages-part');
    expect(await pieces(page, 3)).toEqual([
      ...['una', '##ff', '##ord', '##able', 'cafe', ':', 'naive', '“', 'attention', '”'],
      ...['[UNK]', '[UNK]', '力', '[UNK]', '!'],
    ]);
    await page.locator('.stage-row').nth(3).getByText('cafe', { exact: true }).hover({ timeout: minute });
    expect((await alight(page, 0)).join('')).toBe('CAFÉ');
    expect(await alight(page, 4)).toEqual(['cafe']);
    const readout = page.locator('.stages-readout');
    expect(await readout.textContent()).toContain('from characters 13–17: “CAFÉ”');
    await page.locator('.stages-part textarea').fill('Low ﬁre e\u0301');
    await shows(page, '.stages-part .verdict-first', '10 characters');
    await page.locator('.stage-row').nth(3).locator('.strip').focus();
    await page.keyboard.press('End');
    expect(await alight(page, 0)).toEqual(['e']); // of the two code points the mark was dropped
    await page.keyboard.press('Home');
    expect((await alight(page, 0)).join('')).toBe('Low');
    await page.keyboard.press('Enter');
    expect(await readout.textContent()).toContain('Kept');
    await page.getByRole('button', { name: 'GPT-2', exact: true }).click();
    await shows(page, '.stages-part .verdict', 'letter by letter');
    expect((await pieces(page, 3)).slice(0, 2)).toEqual(['Low', 'Ġï']);
    expect(page.url()).toContain('tok=gpt2');
    const { name, json } = await saved(page, '.tokens-save');
    expect([name, (json.model as { type: string }).type]).toEqual(['tokenizer.json', 'BPE']);
    const vocab = '[UNK]\n[CLS]\n[SEP]\nlow\n';
    await page
      .locator('.stages-part input[type=file]')
      .setInputFiles([{ name: 'vocab.txt', mimeType: 'text/plain', buffer: Buffer.from(vocab) }]);
    await shows(page, '.stages-part .verdict-first', 'vocab.txt makes 3 tokens');
    expect(await pieces(page, 4)).toEqual(['[CLS]', 'low', '[UNK]', '[UNK]', '[SEP]']);
    await page
      .locator('.stages-part input[type=file]')
      .setInputFiles([
        { name: 'tokenizer.json', mimeType: 'application/json', buffer: Buffer.from('{"model": 1}') },
      ]);
    await shows(page, '.stages-part [role=alert]', 'tokenizer.json');
    expect(await pieces(page, 3)).toEqual(['low', '[UNK]', '[UNK]']); // the last sound one stays
    await drop(page, 'novel.txt', 'so so so so\nso');
    await shows(page, '.merges-part .verdict-first', 'BPE merges s + o first');
    await drop(page, 'vocab.txt', `${vocab}fire\n`);
    await shows(page, '.stages-part .verdict-first', 'vocab.txt makes');
    await page.getByRole('button', { name: 'USE lite', exact: true }).click();
    await shows(page, '.stages-part .verdict-first', 'USE lite makes');
    expect(await page.locator('.stages-part [role=alert]').count()).toBe(0);
    expect(errors).toEqual([]);
    await close();
  });

  it('a pasted text is learned from, scrubbed and saved; the address holds the view', {
    timeout: 3 * minute,
  }, async () => {
    const { page, errors, close } = await visit('#/tokens?lang=en', { screen: 'desk' });
    const part = page.locator('.merges-part');
    await verdict(page, '.merges-part');
    await part.locator('textarea').fill('banana bandana ananas\nbanana');
    await part.locator('.merge-train').click();
    await shows(page, '.merges-part .verdict-first', 'BPE merges');
    await part.locator('.merge-watched input').fill('bananas');
    const slider = part.locator('.player input');
    await slider.press('Home');
    const cut = (): Promise<string[]> =>
      part.locator('.merge-cut').first().locator('.strip-cell').allTextContents();
    const waitForCut = (text: string): Promise<unknown> =>
      page.waitForFunction(
        (wanted) =>
          [...(document.querySelector('.merge-cut')?.querySelectorAll('.strip-cell') ?? [])]
            .map(({ textContent }) => textContent)
            .join('|') === wanted,
        text,
      );
    await waitForCut('▁|b|a|n|a|n|a|s');
    await slider.press('ArrowRight');
    await waitForCut('▁|b|an|an|a|s');
    const row = part.locator('.merge-table').first().locator('tr.last');
    expect(await row.textContent()).toContain('a + nan'); // pair and token
    await slider.press('End');
    await page.waitForFunction(
      () => (document.querySelectorAll('.merge-cut')[0]?.querySelectorAll('.strip-cell').length ?? 9) < 4,
    );
    expect((await cut()).join('').replace('▁', '')).toBe('bananas');
    await part.locator('.merge-number').nth(2).click();
    const { json } = await saved(page, '.merges-part .merge-save >> nth=0');
    expect((json.model as { merges: unknown[] }).merges.length).toBe(
      Number(/(\d+) of/.exec((await part.locator('.player .range-value').textContent()) ?? '')?.[1]),
    );
    await part.getByRole('button', { name: 'Look at its stages' }).first().click();
    await shows(page, '.stages-part .verdict-first', 'Your BPE makes');
    const { hash } = new URL(page.url());
    expect(errors).toEqual([]);
    await close();
    const again = await visit(hash, { screen: 'phone' });
    expect(await verdict(again.page, '.merges-part')).toContain('BPE merges a + n first');
    expect(await again.page.locator('.merges-part textarea').inputValue()).toContain('bandana');
    await again.close();
  });

  it('a long training tells its merges, stops when told, and the table follows the corpus', {
    timeout: 4 * minute,
  }, async () => {
    const { page, errors, close } = await visit('#/tokens?lang=en&table=chinese&size=1000', {
      screen: 'desk',
    });
    await verdict(page, '.merges-part');
    const part = page.locator('.merges-part');
    await part.getByRole('button', { name: 'Shakespeare, 320 kB' }).click();
    await page.waitForFunction(
      () => document.querySelectorAll('.merge-running .hint').length === 2,
      undefined,
      { timeout: minute },
    );
    const button = part.locator('.merge-train');
    if ((await button.textContent()) === 'Stop') await button.click();
    await button.click(); // anew, to the end
    await shows(page, '.merges-part .verdict', 'BPE merges ▁ + t first');
    expect(await part.locator('.merge-running').textContent()).toMatch(
      /BPE: 1\u202f985 of at most 1\u202f985/,
    );
    const table = await verdict(page, '.granularity-part');
    expect(table).toContain('Words: 6.7 tokens a line');
    expect(table).toContain('0\u202f% unknown'); // bytes
    const lines = await page.locator('.granularity-table + .hint').textContent();
    expect(lines).toContain('6\u202f000 lines, measured on 600');
    expect(errors).toEqual([]);
    await close();
  });
});
