// The Train page in a real browser: training runs, the loss falls, the map moves, the model answers.

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describePage, expectAccessible, expectNoSidewaysScroll, minute, type Visit } from './site.ts';

const numberOf = (text: string | null): number =>
  Number((text ?? '').replace(/[\s\u202f]/g, '').match(/\d+(\.\d+)?/)?.[0] ?? Number.NaN);

const start = async (page: Page): Promise<void> => {
  const button = page.locator('.run-buttons .primary');
  await page.waitForFunction(
    () => document.querySelector<HTMLButtonElement>('.run-buttons .primary')?.disabled === false,
  );
  await button.click();
};
const stat = async (page: Page, index: number): Promise<number> =>
  numberOf(await page.locator('.stats dd').nth(index).textContent());
const until = (page: Page, step: number) =>
  page.waitForFunction(
    (least) =>
      Number((document.querySelectorAll('.stats dd')[2]?.textContent ?? '0').replace(/\D/g, '')) >= least,
    step,
    { timeout: 2 * minute },
  );

describePage('the Train page', (visit) => {
  const views: readonly (Visit & { readonly lang: 'en' | 'zh' })[] = [
    { screen: 'desk', lang: 'en', colorScheme: 'dark' },
    { screen: 'phone', lang: 'zh' },
  ];
  it.each(views)(
    'on a $screen in $lang: starts at guessing, learns, moves its map, answers, pauses',
    { timeout: 4 * minute },
    async ({ lang, ...view }) => {
      const { page, errors, close } = await visit(`#/train?lang=${lang}&width=32&heads=2&batch=16`, view);
      await page.waitForSelector('.cross-map canvas');
      await expectNoSidewaysScroll(page);
      await start(page);
      await until(page, 5);
      const first = await stat(page, 1);
      expect(first).toBeGreaterThan(2);
      expect(first).toBeLessThan(6);
      await until(page, 150);
      const later = await stat(page, 1);
      expect(later).toBeLessThan(0.85 * first);
      await page.locator('.run-buttons .primary').click(); // pause
      const paused = await stat(page, 2);
      await page.waitForTimeout(500);
      expect(await stat(page, 2)).toBe(paused);
      const verdict = await page.locator('.verdict-first').textContent();
      expect(verdict).toContain('200');
      await page.locator('.try button[type=submit]').click();
      await page.waitForFunction(() =>
        /—/.test(document.querySelector('.answer-outcome')?.textContent ?? ''),
      );
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      expect(errors).toEqual([]);
      await close();
    },
  );

  it('another size starts over, another learning rate does not, and the address has both', {
    timeout: 3 * minute,
  }, async () => {
    const { page, close } = await visit('#/train?lang=en&width=32&heads=2&batch=16', { screen: 'desk' });
    await start(page);
    await until(page, 10);
    await page.locator('.range input').press('ArrowLeft');
    await until(page, 20);
    expect(page.url()).toContain('learningRate=0.003');
    await page.locator('.sizes').getByText('64', { exact: true }).first().click();
    await page.waitForFunction(() => document.querySelectorAll('.stats dd')[2]?.textContent === '0');
    expect(page.url()).toContain('width=64');
    await close();
  });

  it('the second task writes dates, and refuses what is none with the way out', {
    timeout: 3 * minute,
  }, async () => {
    const { page, close } = await visit('#/train?lang=en&task=dates&width=32&heads=2&batch=16', {
      screen: 'phone',
    });
    await start(page);
    await until(page, 5);
    const field = page.locator('.try input');
    expect(await field.inputValue()).toBe('march 14, 1997');
    await field.fill('31 february 2000');
    expect(await page.locator('.field-error').textContent()).toContain('mar 14, 1997');
    expect(await page.locator('.try button[type=submit]').isDisabled()).toBe(true);
    await field.fill('29 feb 2000');
    await page.locator('.try button[type=submit]').click();
    await page.waitForFunction(() =>
      document.querySelector('.answer-outcome')?.textContent?.includes('2000-02-29'),
    );
    await close();
  });

  it('leaving the page pauses the run, coming back finds it', { timeout: 3 * minute }, async () => {
    const { page, errors, close } = await visit('#/train?lang=en&width=32&heads=2&batch=16', {
      screen: 'desk',
    });
    await start(page);
    await until(page, 20);
    await page.locator('nav').getByText('Look').click();
    await page.waitForSelector('.sentence-list');
    await page.locator('nav').getByText('Train').click();
    await page.waitForSelector('.stats');
    const before = await stat(page, 2);
    expect(before).toBeGreaterThanOrEqual(20);
    await page.getByRole('button', { name: 'Resume' }).click();
    await until(page, before + 5);
    expect(errors).toEqual([]);
    await close();
  });

  it('twenty changes of page leave no elements and no listeners behind', {
    timeout: 4 * minute,
  }, async () => {
    const { page, close } = await visit('#/look?lang=en', { screen: 'desk' });
    const inspector = await page.context().newCDPSession(page);
    const roundTrips = async (count: number): Promise<number[]> => {
      for (let i = 0; i < count; i++) {
        await page.locator('nav').getByText('Train').click();
        await page.locator('.stats').waitFor();
        await page.locator('nav').getByText('Look').click();
        await page.locator('.verdict-first').first().waitFor();
      }
      await inspector.send('HeapProfiler.collectGarbage');
      const { nodes, jsEventListeners } = await inspector.send('Memory.getDOMCounters');
      return [nodes, jsEventListeners];
    };
    const [nodes = 0, listeners = 0] = await roundTrips(2);
    const [nodesLater = 0, listenersLater = 0] = await roundTrips(10);
    // Two pages may wait for the collector; ten would not.
    expect(nodesLater).toBeLessThan(3 * nodes);
    expect(listenersLater).toBeLessThan(3 * listeners);
    await close();
  });
});
