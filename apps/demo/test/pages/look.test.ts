// The Look page in a real browser, on the real weights: pictures, verdicts, sentences, one's own model.
import path from 'node:path';
import { expect, it } from 'vitest';
import { describePage, expectAccessible, expectNoSidewaysScroll, minute, type Visit } from './site.ts';

const numbers = (text: string | null): number[] => (text?.match(/\d+(\.\d+)?/g) ?? []).map(Number);

describePage('the Look page', (visit) => {
  const views: readonly (Visit & { readonly lang: 'en' | 'zh' })[] = [
    { screen: 'desk', lang: 'en' },
    { screen: 'desk', lang: 'zh', colorScheme: 'dark' },
    { screen: 'phone', lang: 'en', colorScheme: 'dark' },
    { screen: 'phone', lang: 'zh' },
  ];
  it.each(views)(
    'on a $screen in $lang: tokens, arcs, maps, a verdict in range, nothing wider than the screen, nothing in the console',
    { timeout: 2 * minute },
    async ({ lang, ...view }) => {
      const { page, errors, close } = await visit(`#/look?lang=${lang}`, view);
      await page.waitForSelector('.verdict-first');
      expect(await page.locator('.arc-token').count()).toBe(14);
      expect(await page.locator('.arc-lines path').count()).toBeGreaterThan(10);
      expect(await page.locator('.head-cell').count()).toBe(8);
      const [answer, pair] = await page.locator('.verdict-first').allTextContents();
      const [, , bits = -1, most = -1, effective = -1] = numbers(answer ?? '');
      expect(most).toBeCloseTo(Math.log2(14), 1);
      expect(bits).toBeGreaterThan(0);
      expect(bits).toBeLessThan(most);
      expect(effective).toBeGreaterThan(1);
      expect(effective).toBeLessThan(14);
      const [first = 0, second = 0, cosine = 0] = numbers(pair ?? '');
      expect([first, second]).toEqual([1, 2]); // the two at the water, though 1 and 3 share the word
      expect(cosine).toBeGreaterThan(0.5);
      expect(cosine).toBeLessThan(1);
      expect(await page.locator('html').getAttribute('lang')).toMatch(lang);
      await expectNoSidewaysScroll(page);
      await page.locator('.hood-trigger').first().click();
      await page.waitForSelector('.formula math');
      await expectAccessible(page);
      expect(errors).toEqual([]);
      await close();
    },
  );

  it('a paraphrase scores above every unrelated sentence', { timeout: 2 * minute }, async () => {
    const { page, close } = await visit('#/look?lang=en', { screen: 'desk' });
    await page.getByRole('button', { name: 'Same meaning, other words' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.nearest-list li').length === 5);
    const list = await page.locator('.nearest-list li').allTextContents();
    expect(list[0]).toContain('What is your age?');
    const cosines = await page.locator('.nearest-value').allTextContents();
    expect(Number(cosines[0])).toBeGreaterThan(0.6);
    expect(Number(cosines[0])).toBeGreaterThan(Number(cosines[1]) + 0.1);
    await close();
  });

  it('a token in focus tells where it looks, a pinned one stays, and the weights of its row sum to one', {
    timeout: 2 * minute,
  }, async () => {
    const { page, close } = await visit('#/look?lang=en', { screen: 'desk' });
    await page.waitForSelector('.verdict-first');
    const bank = page.locator('.arc-token').nth(4);
    await bank.click();
    expect(await bank.getAttribute('aria-pressed')).toBe('true');
    await page.mouse.move(0, 0);
    const shares = await page.locator('.arc-share').allTextContents();
    const sum = shares.reduce(
      (total, share) => total + (share.includes('<') ? 0.5 : (numbers(share)[0] ?? 0)),
      0,
    );
    expect(sum).toBeGreaterThan(94);
    expect(sum).toBeLessThan(106);
    await page.keyboard.press('Escape');
    expect(await bank.getAttribute('aria-pressed')).toBe('false');
    await close();
  });

  it('by keyboard: arrows choose a head and walk through the matrix', { timeout: 2 * minute }, async () => {
    const { page, close } = await visit('#/look?lang=en', { screen: 'desk' });
    await page.waitForSelector('.verdict-first');
    await page.locator('.head-cell[aria-checked=true]').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.picture h3').textContent()).toBe('Layer 2, head 3');
    await page.keyboard.press('ArrowUp');
    expect(await page.locator('.picture h3').textContent()).toBe('Layer 1, head 3');
    const matrix = page.locator('.look .matrix-canvas');
    await matrix.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('.look .readout').textContent()).toMatch(/^“sat” takes .+ from “She”\.$/);
    await close();
  });

  it('choosing a head far down the page leaves the page where it is', { timeout: 2 * minute }, async () => {
    const { page, close } = await visit('#/look?lang=en', { screen: 'phone' });
    await page.waitForSelector('.verdict-first');
    await page.locator('.head-cell').nth(6).scrollIntoViewIfNeeded();
    const before = await page.evaluate(() => scrollY);
    expect(before).toBeGreaterThan(300);
    await page.locator('.head-cell').nth(6).click();
    await page.waitForFunction(() => location.hash.includes('head=2'));
    expect(await page.evaluate(() => scrollY)).toBe(before);
    await close();
  });

  it('the address holds the whole view: another visit with it sees the same, in the other language too', {
    timeout: 2 * minute,
  }, async () => {
    const { page, close } = await visit('#/look?lang=en', { screen: 'desk' });
    await page.waitForSelector('.verdict-first');
    await page.locator('.sentence-list textarea').first().fill('A cat chased a mouse.');
    await page.locator('.head-cell').nth(2).click();
    await page.locator('.top-tools').getByText('中文').click();
    await page.waitForFunction(
      () =>
        location.hash.includes('cat') && document.querySelector('.arc-token')?.textContent?.startsWith('A'),
    );
    expect(await page.locator('.sentence-list textarea').first().inputValue()).toBe('A cat chased a mouse.');
    const { hash } = new URL(page.url());
    await close();
    const again = await visit(hash, { screen: 'phone' });
    await again.page.waitForSelector('.verdict-first');
    expect(await again.page.locator('.picture h3').textContent()).toBe('第 1 层第 3 头');
    expect(await again.page.locator('.sentence-list textarea').first().inputValue()).toBe(
      'A cat chased a mouse.',
    );
    await again.close();
  });

  it('a second visit takes the weights from the cache, threads are possible, and it works without the network', {
    timeout: 2 * minute,
  }, async () => {
    const { page, close } = await visit('#/look?lang=en', { screen: 'desk' });
    await page.waitForSelector('.verdict-first');
    expect(await page.locator('.model').textContent()).toContain('downloaded');
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.route('**/weights/**', (route) => route.abort());
    await page.reload();
    await page.waitForSelector('.verdict-first');
    expect(await page.locator('.model').textContent()).toContain('from the cache of this browser');
    await close();
  });

  it('a text longer than the model says how many tokens were cut', { timeout: 2 * minute }, async () => {
    const { page, close } = await visit('#/look?lang=en', { screen: 'phone' });
    await page.waitForSelector('.verdict-first');
    await page.locator('.sentence-list textarea').first().fill('river '.repeat(150).trim());
    await page.waitForSelector('.sentence-cut');
    expect(numbers(await page.locator('.sentence-cut').textContent())).toEqual([22, 128]);
    expect(await page.locator('.arc-token').count()).toBe(128);
    await expectNoSidewaysScroll(page);
    await close();
  });

  it('strange texts are read: nothing, spaces, emoji, lone surrogates, markup', {
    timeout: 2 * minute,
  }, async () => {
    const { page, errors, close } = await visit('#/look?lang=en', { screen: 'desk' });
    await page.waitForSelector('.verdict-first');
    for (const text of [
      '',
      '   ',
      '👩‍👩‍👧 🇨🇭',
      '\ud800 lone',
      '<img src=x onerror=alert(1)> \\frac{1}{0} $x$',
      '火车站在哪里？',
    ]) {
      await page.locator('.sentence-list textarea').first().fill(text);
      await page.waitForTimeout(400);
      expect(await page.locator('[role=alert]').count(), text).toBe(0);
      expect(await page.locator('main').textContent()).not.toContain('NaN');
    }
    expect(errors).toEqual([]);
    await close();
  });

  it('reads a sentence-transformers folder of the reader’s own, and says what is wrong with a folder that is none', {
    timeout: 2 * minute,
  }, async () => {
    const { page, close } = await visit('#/look?lang=en', { screen: 'desk' });
    await page.waitForSelector('.verdict-first');
    const input = page.locator('input[type=file]');
    await input.setInputFiles(path.resolve(import.meta.dirname, '../golden/sentence-mean'));
    await page.waitForFunction(() => document.querySelector('.model')?.textContent?.includes('your folder'));
    expect(await page.locator('.model').textContent()).toContain('sentence-mean');
    await page.waitForFunction(() => document.querySelectorAll('.compare .nearest-list li').length === 3);
    await input.setInputFiles(path.resolve(import.meta.dirname, '../experiments'));
    const alert = page.locator('.model [role=alert]');
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/config\.json/);
    expect(await page.locator('.compare .nearest-list li').count()).toBe(3); // the model before still answers
    await alert.getByRole('button').click();
    expect(await alert.count()).toBe(0);
    await page.locator('.own-model summary').click();
    await page.getByRole('button', { name: 'Back to the built-in model' }).click();
    await page.waitForFunction(() =>
      document.querySelector('.model')?.textContent?.includes('Universal Sentence Encoder'),
    );
    await close();
  });
});
