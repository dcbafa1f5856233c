// The Gradients page in a real browser: the net learns beside its twin, operations pass back, norms differ, curves follow the controls.

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describePage, expectAccessible, expectNoSidewaysScroll, minute, type Visit } from './site.ts';

const stat = (page: Page, index: number): Promise<string | null> =>
  page.locator('.learn-stats dd').nth(index).textContent();
const ready = (page: Page): Promise<unknown> =>
  page.waitForFunction(
    () => document.querySelector<HTMLButtonElement>('.learn-buttons .primary')?.disabled === false,
  );
const until = (page: Page, step: number): Promise<unknown> =>
  page.waitForFunction(
    (least) =>
      Number((document.querySelectorAll('.learn-stats dd')[2]?.textContent ?? '0').replace(/\D/g, '')) >=
      least,
    step,
    { timeout: 2 * minute },
  );
const verdict = async (page: Page, part: string): Promise<string> =>
  (await page.locator(`${part} .verdict`).textContent()) ?? '';

describePage('the Gradients page', (visit) => {
  const views: readonly (Visit & { readonly lang: 'en' | 'zh' })[] = [
    { screen: 'desk', lang: 'en', colorScheme: 'dark' },
    { screen: 'phone', lang: 'zh' },
  ];
  it.each(views)(
    'on a $screen in $lang: every part has its verdict, the net learns to the end and its twin does not, nothing is out of reach',
    { timeout: 4 * minute },
    async ({ lang, ...view }) => {
      const { page, errors, close } = await visit(`#/gradients?lang=${lang}`, view);
      for (const part of ['.graph-part', '.norms-part', '.depth-part'])
        await page.locator(`${part} .verdict-first`).waitFor({ timeout: minute });
      await ready(page);
      await page.locator('.learn-buttons .primary').click();
      await until(page, 600);
      const accuracy = Number.parseFloat((await stat(page, 0)) ?? '');
      expect(accuracy).toBeGreaterThan(90);
      // One answer for each: with warm-up and without.
      const answer = await page.locator('.verdict-first').first().textContent();
      const shares = [...(answer ?? '').matchAll(/(\d+)\u202f%/g)].map(([, share]) => Number(share));
      expect(shares[0]).toBe(accuracy);
      expect(shares[1]).toBeLessThan(70);
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      expect(errors).toEqual([]);
      await close();
    },
  );

  it('goes one step at a time, pauses, and starts over with other options, which the address has', {
    timeout: 3 * minute,
  }, async () => {
    const { page, close } = await visit('#/gradients?lang=en&warmup=0&blocks=2', { screen: 'desk' });
    await ready(page);
    await page.getByRole('button', { name: 'One step', exact: true }).click();
    await until(page, 1);
    expect(await stat(page, 2)).toBe('1');
    expect(await stat(page, 3)).toBe('0.020'); // no warm-up: the whole rate at once
    await ready(page);
    await page.locator('.learn-buttons .primary').click();
    await until(page, 10);
    await page.locator('.learn-buttons .primary').click(); // pause
    const paused = await stat(page, 2);
    await page.waitForTimeout(500);
    expect(await stat(page, 2)).toBe(paused);
    await page.locator('.learn-part').getByText('SGD', { exact: true }).click();
    await page.waitForFunction(() => document.querySelectorAll('.learn-stats dd')[2]?.textContent === '0');
    expect(page.url()).toContain('optimizer=sgd');
    expect(page.url()).toContain('warmup=0');
    await close();
  });

  it('shows the way forward and back, one operation after the other, and learning lowers the loss', {
    timeout: 2 * minute,
  }, async () => {
    const { page, close } = await visit('#/gradients?lang=en', { screen: 'desk' });
    const part = page.locator('.graph-part');
    await part.locator('.verdict-first').waitFor();
    expect(await verdict(page, '.graph-part')).toContain('gradientCheck finds an error of at most');
    await part.getByRole('button', { name: 'From the start' }).click();
    expect(await part.locator('.readout').textContent()).toContain('0 of 13');
    await part.getByRole('button', { name: 'Next' }).click();
    expect(await part.locator('.readout').textContent()).toContain('Forward: p = 1.20');
    for (let i = 0; i < 5; i++) await part.getByRole('button', { name: 'Next' }).click();
    expect(await part.locator('.readout').textContent()).toContain('Backward: L passes 2.52 to e');
    const loss = async (): Promise<number> =>
      Number(/L = (.*)$/.exec((await part.locator('svg.graph').getAttribute('aria-label')) ?? '')?.[1]);
    const before = await loss();
    await part.getByRole('button', { name: 'One step of learning' }).click();
    await page.waitForFunction(
      (old) => !document.querySelector('svg.graph')?.getAttribute('aria-label')?.endsWith(old),
      before.toFixed(2),
    );
    expect(await loss()).toBeLessThan(before);
    await part.getByText('Shut ReLU', { exact: true }).click();
    await page.waitForFunction(() =>
      document.querySelector('.graph-part .verdict')?.textContent?.includes('w and b get 0'),
    );
    await close();
  });

  it('the address holds the view: another visit with it has the same numbers', {
    timeout: 2 * minute,
  }, async () => {
    const { page, close } = await visit('#/gradients?lang=en', { screen: 'desk' });
    await page.locator('.graph-part').getByText('Cross-entropy', { exact: true }).click();
    await page.locator('.graph-part .range input').first().press('ArrowRight');
    await page.waitForFunction(() => location.hash.includes('w=1.2'));
    await page.locator('.depth-part .range input').press('ArrowLeft');
    await page.waitForFunction(() => location.hash.includes('depth=24'));
    const hash = await page.evaluate(() => location.hash);
    const again = await visit(hash, { screen: 'desk' });
    await again.page.locator('.depth-part .verdict-first').waitFor({ timeout: minute });
    expect(await verdict(again.page, '.depth-part')).toContain('After 24 layers');
    expect(await again.page.locator('.graph-part .range-value').first().textContent()).toBe('1.20');
    expect(again.errors).toEqual([]);
    await again.close();
    await close();
  });

  it('trains the nets of both norms when asked, and stops when asked', { timeout: 4 * minute }, async () => {
    const { page, errors, close } = await visit('#/gradients?lang=en', { screen: 'desk' });
    await page.locator('.norms-run').click();
    await page.waitForFunction(
      () => document.querySelector('.norms-part .verdict-first')?.textContent?.includes('Trained on batches'),
      undefined,
      { timeout: 2 * minute },
    );
    await page.locator('.norms-run').click(); // stop
    const done = await page.locator('.norms-progress').textContent();
    await page.waitForTimeout(1500);
    expect(await page.locator('.norms-progress').textContent()).toBe(done);
    expect(errors).toEqual([]);
    await close();
  });

  it('curves by depth follow the controls at once', { timeout: 2 * minute }, async () => {
    const { page, close } = await visit('#/gradients?lang=en', { screen: 'desk' });
    await page.locator('.depth-part .verdict-first').waitFor({ timeout: minute });
    expect(await verdict(page, '.depth-part')).toContain('After 32 layers');
    await page.locator('.depth-part .range input').press('ArrowLeft');
    await page.waitForFunction(() =>
      document.querySelector('.depth-part .verdict')?.textContent?.includes('After 24 layers'),
    );
    await page.locator('.depth-part').getByText('Pre-norm', { exact: true }).click();
    await page.waitForFunction(() =>
      [...document.querySelectorAll('.depth-part svg')].some((svg) =>
        svg.getAttribute('aria-label')?.includes('no residual'),
      ),
    );
    expect(page.url()).toContain('residual=on');
    await close();
  });
});
