// The mask studio in a real browser: presets, the tree, the text, pictures, counts, a measurement, prints.
import { expect, it } from 'vitest';
import { describePage, expectAccessible, expectNoSidewaysScroll, minute, type Visit } from './site.ts';

describePage('the mask studio', (visit) => {
  const views: readonly (Visit & { readonly lang: 'en' | 'zh' })[] = [
    { screen: 'desk', lang: 'en', colorScheme: 'dark' },
    { screen: 'phone', lang: 'zh' },
  ];
  it.each(views)(
    'on a $screen in $lang: pictures, counts and prints of the causal mask, measured when asked, nothing out of reach',
    { timeout: 3 * minute },
    async ({ lang, ...view }) => {
      const { page, errors, close } = await visit(`#/masks?lang=${lang}`, view);
      await page.locator('.verdict-first').waitFor({ timeout: minute });
      const first = await page.locator('.verdict-first').textContent();
      for (const number of ['36', '64', '4 × 4', '56']) expect(first).toContain(number);
      expect(await page.locator('.mask-pictures canvas').count()).toBe(2);
      expect(await page.locator('.mask-print pre').textContent()).toContain('hidden([[False,  True,  True,');
      await page.locator('.mask-run').click();
      const measured = page.locator('.verdict p').nth(1);
      await page.waitForFunction(
        () => /10⁻[⁵⁶⁷⁸]/.test(document.querySelectorAll('.verdict p')[2]?.textContent ?? ''), // equals dense
        undefined,
        { timeout: 2 * minute },
      );
      expect(await measured.textContent()).toMatch(/ms|\u202fs/);
      await page.locator('.hood-trigger').click();
      await page.waitForSelector('.formula math');
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      expect(errors).toEqual([]);
      await close();
    },
  );

  it('composes by preset, by text and by menu; wrong text is told; the address holds the mask', {
    timeout: 2 * minute,
  }, async () => {
    const { page, errors, close } = await visit('#/masks?lang=en', { screen: 'desk' });
    const text = page.locator('.mask-text');
    const verdict = page.locator('.verdict');
    await page.getByRole('button', { name: 'Rows that see nothing' }).click();
    expect(await text.inputValue()).toBe('and(causal(), not(firstKeys(3)))');
    expect(await verdict.textContent()).toContain('3 rows see nothing, the first is row 0');
    await page.getByRole('button', { name: 'Window', exact: true }).click();
    expect(await verdict.textContent()).toContain(
      'After 3 layers the last token has heard of 46 of 64 tokens',
    );
    await text.fill('window(15, 0, 1');
    expect(await page.locator('.field-error').textContent()).toContain('“)” is missing');
    expect(await verdict.textContent()).toContain('46 of 64'); // the last sound one stays
    await text.fill('or(window(4, 4), global(0, 32))');
    expect(await page.locator('.field-error').count()).toBe(0);
    expect(await page.locator('.mask-node').count()).toBe(3);
    const after = page.locator('.mask-field input').nth(1);
    await after.fill('0');
    await after.press('Tab');
    expect(await text.inputValue()).toBe('or(window(4, 0, 1), global(0, 32))');
    await page.locator('.mask-menu').first().click();
    await page.getByRole('menuitem', { name: 'Turn round (not)' }).click();
    expect(await text.inputValue()).toBe('not(or(window(4, 0, 1), global(0, 32)))');
    const matrix = page.locator('.mask-pictures canvas').first();
    await matrix.focus();
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('.mask-pictures .readout').first().textContent()).toBe(
      'Query 0 does not see key 0.',
    );
    await page.locator('.mask-print').getByText('seen', { exact: true }).click();
    expect(await page.locator('.mask-print pre').textContent()).toMatch(/^kept\(\[\[False/);
    const { hash } = new URL(page.url());
    expect(errors).toEqual([]);
    await close();
    const again = await visit(hash, { screen: 'phone' });
    expect(await again.page.locator('.mask-text').inputValue()).toBe(
      'not(or(window(4, 0, 1), global(0, 32)))',
    );
    expect(await again.page.locator('.mask-print pre').textContent()).toMatch(/^kept/);
    await again.close();
  });
});
