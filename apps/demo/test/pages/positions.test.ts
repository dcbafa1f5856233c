// The Positions and Heads pages in a real browser, and the group of the navigation that leads to them: sentences are moved, scalings chosen,
// decoding is measured, a trained layer gives up heads; verdicts in range.

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describePage, expectAccessible, expectNoSidewaysScroll, minute, type Visit } from './site.ts';

const verdict = async (page: Page, part: string): Promise<string> => {
  await page.locator(`${part} .verdict-first`).waitFor({ timeout: minute });
  return (await page.locator(`${part} .verdict`).textContent()) ?? '';
};

/** The verdict when it says something. */
const verdictOf = async (page: Page, part: string, text: string): Promise<string> => {
  await page.locator(`${part} .verdict`, { hasText: text }).waitFor({ timeout: minute });
  return verdict(page, part);
};

/** The first number behind a text. */
const after = (text: string, before: string): number =>
  Number(/-?\d+(?:\.\d+)?/.exec((text.split(before)[1] ?? '').replace(/(\d)\u202f(?=\d)/g, '$1'))?.[0]);

describePage('the Positions and Heads pages', (visit) => {
  const views: readonly (Visit & { readonly lang: 'en' | 'zh' })[] = [
    { screen: 'desk', lang: 'zh', colorScheme: 'dark' },
    { screen: 'phone', lang: 'en' },
  ];
  it.each(views)(
    'on a $screen in $lang: every part has its verdict with numbers in range, nothing is out of reach',
    { timeout: 4 * minute },
    async ({ lang, ...view }) => {
      const { page, errors, close } = await visit(`#/positions?lang=${lang}`, view);
      const [moved, pairs, left] =
        lang === 'en'
          ? ['differently, by', 'meet angles', 'output by']
          : ['离散程度的', '对中有', '其大小的'];
      const place = await verdict(page, '.place-part');
      expect(after(place, moved)).toBeGreaterThan(10);
      expect(after(place, moved)).toBeLessThan(100);
      expect(await verdict(page, '.stretch-part')).toContain(pairs);
      expect(await verdict(page, '.stretch-part')).toContain('11');
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      await page.evaluate((hash) => {
        location.hash = hash;
      }, `#/heads?lang=${lang}`);
      expect(await verdict(page, '.sizes-part')).toContain('1.1\u202fGB');
      const share = after(await verdictOf(page, '.conversion-part', left), left);
      expect(share).toBeGreaterThan(20);
      expect(share).toBeLessThan(120);
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      expect(errors).toEqual([]);
      await close();
    },
  );

  it('a moved sentence is noticed by absolute encodings, not by relative ones; the address holds the view', {
    timeout: 2 * minute,
  }, async () => {
    const { page, errors, close } = await visit('#/positions?lang=en', { screen: 'desk' });
    await verdictOf(page, '.place-part', 'score differently');
    const part = page.locator('.place-part');
    await part.getByRole('button', { name: 'RoPE' }).click();
    await verdictOf(page, '.place-part', 'RoPE: moved by 5 places, no score changes by more than');
    await part.getByRole('button', { name: 'ALiBi' }).click();
    await verdictOf(page, '.place-part', 'Read backwards, ALiBi sees no difference');
    await part.getByText('last one first', { exact: true }).click();
    await verdictOf(page, '.place-part', 'With ALiBi they change by');
    await part.getByRole('textbox').fill('我爱北京天安门');
    await page.locator('.shift-picture canvas').first().press('ArrowRight');
    await page.waitForFunction(() =>
      document.querySelector('.shift-picture .readout')?.textContent?.includes('我'),
    );
    await page.locator('.stretch-part').getByRole('button', { name: 'A short text' }).click();
    expect(await verdict(page, '.stretch-part')).toContain('nothing is new');
    const hash = await page.evaluate(() => location.hash);
    const again = await visit(hash, { screen: 'desk' });
    expect(await verdictOf(again.page, '.place-part', 'ALiBi')).toBe(await verdict(page, '.place-part'));
    expect(await verdict(again.page, '.stretch-part')).toContain('nothing is new');
    expect(errors).toEqual([]);
    await again.close();
    await close();
  });

  it('decoding is measured, faster with fewer heads, and heads are turned when asked', {
    timeout: 3 * minute,
  }, async () => {
    const { page, errors, close } = await visit('#/heads?lang=en&width=2048&heads=16&kv=2&context=4096', {
      screen: 'desk',
    });
    expect(await verdict(page, '.sizes-part')).toContain('8 times less');
    await page.getByRole('button', { name: 'Measure decoding here' }).click();
    const measured = await verdictOf(page, '.sizes-part', 'Measured here');
    expect(after(measured, 'with MHA: ')).toBeGreaterThan(1);
    const bars = page.locator('.sizes-part .bar-text', { hasText: 'tokens/s' });
    await bars.nth(2).waitFor({ timeout: minute }); // bars are drawn once their width is known, a frame later
    expect(await bars.count()).toBe(3);
    await page.locator('.sizes-part').getByText('Llama 2 7B', { exact: true }).click();
    expect(await verdict(page, '.sizes-part')).toContain('every query head has its own');
    const conversion = page.locator('.conversion-part');
    await verdictOf(page, '.conversion-part', 'From 4 heads to 2');
    await conversion.getByRole('button', { name: 'Turn heads first, too' }).click();
    const turned = await verdictOf(page, '.conversion-part', 'turned, mean');
    expect(after(turned, '“turned, mean” by')).toBeLessThan(after(turned, 'output by'));
    expect(errors).toEqual([]);
    await close();
  });

  it('the pages of attention are behind one name, by pointer and by keyboard', {
    timeout: 2 * minute,
  }, async () => {
    const { page, errors, close } = await visit('#/heads?lang=en', { screen: 'phone' });
    const nav = page.locator('nav');
    const group = nav.getByRole('button', { name: 'Attention' });
    await group.click();
    await nav.getByRole('link', { name: 'Positions' }).click();
    await verdict(page, '.place-part');
    expect(await nav.getByRole('link', { name: 'Positions' }).isVisible()).toBe(false);
    await group.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Masks');
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    expect(await nav.getByRole('link', { name: 'Masks' }).isVisible()).toBe(false);
    await nav.getByText('Look', { exact: true }).click();
    await page.waitForFunction(() => location.hash.startsWith('#/look'));
    expect(errors).toEqual([]);
    await close();
  });
});
