// The explorer in a real browser, on the real weights: all heads with their names, lines, matrix, and q and k dimension by dimension.
import path from 'node:path';
import { expect, it } from 'vitest';
import { describePage, expectAccessible, expectNoSidewaysScroll, minute, type Visit } from './site.ts';

const shares = (text: string | null): number[] =>
  [...(text ?? '').matchAll(/(\d+(?:\.\d+)?)\u202f%/g)].map(([, share]) => Number(share));

describePage('the explorer', (visit) => {
  const views: readonly (Visit & { readonly lang: 'en' | 'zh' })[] = [
    { screen: 'desk', lang: 'en' },
    { screen: 'phone', lang: 'zh', colorScheme: 'dark' },
  ];
  it.each(views)(
    'on a $screen in $lang: a map of heads with names, lines, a matrix, bands of q and k, verdicts in range, nothing out of reach',
    { timeout: 2 * minute },
    async ({ lang, ...view }) => {
      const { page, errors, close } = await visit(`#/explorer?lang=${lang}`, view);
      await page.locator('.neuron-part .verdict-first').waitFor({ timeout: minute });
      expect(await page.locator('.head-cell').count()).toBe(8);
      expect(await page.locator('.head-caption').count()).toBe(8);
      expect(await page.locator('.line-token').count()).toBe(28);
      expect(await page.locator('.head-lines .arc-lines path').count()).toBeGreaterThan(14);
      expect(await page.locator('.neuron-row').count()).toBe(14);
      const [heads, neuron] = await page.locator('.verdict').allTextContents();
      const [previous = 0, chance = 0] = shares(heads ?? '');
      expect(previous).toBeGreaterThan(2 * chance); // some head looks back far more than chance would
      expect(chance).toBeCloseTo(100 / 14, 0);
      expect(neuron).toContain('river'); // the word that “bank” looks at
      expect(neuron).toMatch(/10⁻⁷|10⁻⁸/); // q and k give the model's own weights
      await expectNoSidewaysScroll(page);
      await page.locator('.hood-trigger').last().click();
      await page.waitForSelector('.formula math');
      await expectAccessible(page);
      expect(errors).toEqual([]);
      await close();
    },
  );

  it('heads and tokens are chosen by pointer and keyboard, the rows of weights sum to one, and the address has it all', {
    timeout: 2 * minute,
  }, async () => {
    const { page, errors, close } = await visit('#/look?lang=en', { screen: 'desk' });
    await page.locator('.look > .verdict .verdict-first').waitFor({ timeout: minute });
    await page.locator('.look .heads .link').click(); // the Look page's own head
    await page.locator('.neuron-part .verdict-first').waitFor({ timeout: minute });
    await page.locator('.head-cell[aria-checked=true]').focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(() =>
      document.querySelector('.neuron-card h3')?.textContent?.startsWith('Layer 1, head 1'),
    );
    const sitting = page.locator('.line-token.query').nth(1);
    await sitting.click();
    expect(await sitting.getAttribute('aria-pressed')).toBe('true');
    expect(await sitting.getAttribute('aria-label')).toMatch(/^sat, looks at /);
    const weights = async (): Promise<number> =>
      (await page.locator('.neuron-row text.number:last-child').allTextContents())
        .flatMap((text) => (text.includes('<') ? [0.3] : shares(text)))
        .reduce((a, b) => a + b, 0);
    await page.waitForFunction(() => document.querySelector('.neuron-card h3')?.textContent?.includes('sat'));
    expect(await weights()).toBeGreaterThan(94);
    expect(await weights()).toBeLessThan(106);
    await page.locator('.neuron svg').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.neuron .readout').textContent()).toMatch(/^Dimension \d+, “.+”: .+ × .+ = /);
    await page.getByText('In their order', { exact: true }).click();
    await page.waitForFunction(() => location.hash.includes('order=index'));
    const { hash } = new URL(page.url());
    expect(hash).toContain('head=0');
    expect(hash).toContain('query=1');
    const sentence = page.locator('.explorer-sentence textarea');
    await sentence.fill('A cat saw a cat.');
    await page.waitForFunction(() => document.querySelectorAll('.neuron-row').length === 6);
    await page
      .locator('input[type=file]')
      .setInputFiles(path.resolve(import.meta.dirname, '../golden/sentence-mean'));
    await page.waitForFunction(() =>
      document.querySelector('.verdict')?.textContent?.includes('[CLS] and [SEP] get'),
    );
    await sentence.fill('');
    await page.waitForFunction(() => document.querySelectorAll('.neuron-row').length === 2); // what the model adds
    expect(await page.locator('main').textContent()).not.toContain('NaN');
    expect(errors).toEqual([]);
    await close();
  });
});
