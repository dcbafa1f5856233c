// The Flash and Scaling pages in a real browser: tiles are played and scrubbed, bytes are counted, scores are measured; verdicts in range.

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describePage, expectAccessible, expectNoSidewaysScroll, minute, type Visit } from './site.ts';

const verdict = async (page: Page, part: string): Promise<string> => {
  await page.locator(`${part} .verdict-first`).waitFor({ timeout: minute });
  return (await page.locator(`${part} .verdict`).textContent()) ?? '';
};

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** The numbers of a text, thin spaces and negative powers of ten read. */
const numbers = (text: string): number[] =>
  [
    ...text
      .replace(/(\d)\u202f(?=\d)/g, '$1')
      .matchAll(new RegExp(`(?:(\\d)×)?10⁻([${superscripts}])|\\d+(?:\\.\\d+)?`, 'g')),
  ].map(([match, digit = '1', power]) =>
    power === undefined ? Number(match) : Number(digit) * 10 ** -superscripts.indexOf(power),
  );

const place = (page: Page): Promise<string | null> => page.locator('.tiles-side .range-value').textContent();

describePage('the Flash and Scaling pages', (visit) => {
  const views: readonly (Visit & { readonly lang: 'en' | 'zh' })[] = [
    { screen: 'desk', lang: 'en', colorScheme: 'dark' },
    { screen: 'phone', lang: 'zh' },
  ];
  it.each(views)(
    'on a $screen in $lang: every part has its verdict with numbers in range, nothing is out of reach',
    { timeout: 3 * minute },
    async ({ lang, ...view }) => {
      const { page, errors, close } = await visit(`#/flash?lang=${lang}`, view);
      const tiles = numbers(await verdict(page, '.tiles-part'));
      expect(tiles[0]).toBe(16);
      expect(tiles[1]).toBeLessThan(1e-6); // merged against the softmax of whole rows
      const bytes = numbers(await verdict(page, '.bytes-part'));
      expect(bytes).toContain(40.3);
      expect(bytes).toContain(8.7);
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      await page.evaluate((hash) => {
        location.hash = hash;
      }, `#/scaling?lang=${lang}`);
      const scaling = numbers(await verdict(page, '.scaling-page'));
      expect(scaling[0]).toBe(64);
      expect(scaling[1]).toBeGreaterThan(50); // unscaled: about d
      expect(scaling[1]).toBeLessThan(80);
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      expect(errors).toEqual([]);
      await close();
    },
  );

  it('tiles are stepped, scrubbed and played; the address holds the view', {
    timeout: 2 * minute,
  }, async () => {
    const { page, errors, close } = await visit('#/flash?lang=en&step=0', { screen: 'desk' });
    await verdict(page, '.tiles-part');
    expect(await place(page)).toBe('0 of 16');
    const readout = page.locator('.tiles-side .readout');
    expect(await readout.textContent()).toContain('Nothing is read yet');
    await page.getByRole('button', { name: 'Next' }).click();
    expect(await readout.textContent()).toContain('Queries 0–7 meet keys 0–7');
    await page.locator('.tiles-line').nth(5).click();
    expect(await place(page)).toBe('6 of 16');
    await page.locator('.tiles-side .range input').press('End');
    expect(await place(page)).toBe('16 of 16');
    expect(numbers((await page.locator('.strips figcaption').nth(1).textContent()) ?? '')[0]).toBeLessThan(
      1e-6,
    );
    expect(numbers((await page.locator('.strips figcaption').nth(2).textContent()) ?? '')[0]).toBeGreaterThan(
      0.5,
    );
    await page.getByRole('button', { name: 'Play' }).click(); // from the start again, to its second tile
    await page.waitForFunction(
      () => document.querySelector('.tiles-side .range-value')?.textContent === '2 of 16',
    );
    await page.getByRole('button', { name: 'Pause' }).click();
    const paused = await place(page);
    await page.waitForTimeout(900);
    expect(await place(page)).toBe(paused);
    await page.locator('.tiles-part').getByText('Causal', { exact: true }).click();
    await page.waitForFunction(() =>
      document.querySelector('.tiles-part .verdict')?.textContent?.includes('6 of 16 tiles are empty'),
    );
    const hash = await page.evaluate(() => location.hash);
    const again = await visit(hash, { screen: 'desk' });
    expect(await verdict(again.page, '.tiles-part')).toBe(await verdict(page, '.tiles-part'));
    expect(await place(again.page)).toBe(paused);
    expect(errors).toEqual([]);
    await again.close();
    await close();
  });

  it('bytes follow length, machine and mask at once', { timeout: 2 * minute }, async () => {
    const { page, close } = await visit('#/flash?lang=en', { screen: 'desk' });
    const part = page.locator('.bytes-part');
    expect(await verdict(page, '.bytes-part')).toContain('The paper prints 40.3 GB and 4.4 GB');
    await part.getByText('H100', { exact: true }).click();
    expect(await verdict(page, '.bytes-part')).toContain('On the H100');
    await part.getByText('Long context', { exact: true }).click();
    const [standard = 0, flash = 0] = numbers((await verdict(page, '.bytes-part')).split('moves')[1] ?? '');
    expect(standard).toBeGreaterThan(2 * flash);
    expect(page.url()).toContain('machine=h100');
    await close();
  });

  it('the deeper the dot product, the less gradient gets back unscaled', {
    timeout: 2 * minute,
  }, async () => {
    const { page, errors, close } = await visit('#/scaling?lang=en&d=8', { screen: 'desk' });
    expect(await verdict(page, '.scaling-page')).toContain('no less yet');
    await page.locator('.scaling-page .range input').first().press('End');
    await page.waitForFunction(() =>
      document.querySelector('.scaling-page .verdict-first')?.textContent?.includes('At d = 1024'),
    );
    const ratio = numbers(
      /with it: ([^ ]*) times less/.exec(await verdict(page, '.scaling-page'))?.[1] ?? '',
    )[0];
    expect(ratio).toBeGreaterThan(500);
    expect(page.url()).toContain('d=1024');
    await page.locator('.scaling-page').getByText('input x', { exact: true }).click();
    expect(await page.locator('h3').last().textContent()).toContain('input x');
    expect(errors).toEqual([]);
    await close();
  });
});
