// The built page as a reader gets it, for the tests of pages: a production build behind a server, and a browser to open it in.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build, preview } from 'vite';
import { afterAll, beforeAll, describe, expect } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

const browserThere = executablePath !== '' && existsSync(executablePath); // an empty CHROMIUM says that there is none
const noBrowser = browserThere ? '' : ' (skipped: no Chromium; set CHROMIUM to its path)';

/** Screens that the page is made for. */
export const screens = {
  desk: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
} as const;

/** How to open the page. */
export interface Visit {
  readonly screen: keyof typeof screens;
  readonly colorScheme?: 'light' | 'dark';
}

/** A page that is open. */
export interface Visited {
  readonly page: Page;
  /** What its console said of errors. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

interface Site {
  visit(address: string, visit: Visit): Promise<Visited>;
  close(): Promise<void>;
}

/** Milliseconds. */
export const minute = 60_000;

const openSite = async (): Promise<Site> => {
  const outDir = mkdtempSync(path.join(tmpdir(), 'heed-demo-'));
  await build({ root, logLevel: 'error', build: { outDir, emptyOutDir: true, sourcemap: false } });
  const server = await preview({
    root,
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1' },
  });
  const address = server.resolvedUrls?.local[0] ?? '';
  const browser: Browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    async visit(hash, { screen, colorScheme = 'light' }) {
      const context = await browser.newContext({ ...screens[screen], colorScheme, reducedMotion: 'reduce' });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      await page.goto(`${address}${hash}`);
      return { page, errors, close: () => context.close() };
    },
    async close() {
      await browser.close();
      await server.close();
      rmSync(outDir, { recursive: true, force: true });
    },
  };
};

/**
 * A suite about the page in a real browser: built, served and opened once for all its tests, skipped where there is no browser.
 * `visit` opens an address ('#/look') in a browser that has never been here.
 */
export const describePage = (name: string, tests: (visit: Site['visit']) => void): void => {
  describe.skipIf(!browserThere)(`${name}${noBrowser}`, () => {
    let site: Site | undefined;
    beforeAll(async () => {
      site = await openSite();
    }, 3 * minute);
    afterAll(async () => {
      await site?.close();
    });
    tests((address, visit) => {
      if (site === undefined) throw new Error('visit: the page is not built yet; call it inside a test.');
      return site.visit(address, visit);
    });
  });
};

/** Nothing reaches beyond the screen's width. */
export const expectNoSidewaysScroll = async (page: Page): Promise<void> => {
  const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(content).toBeLessThanOrEqual(screen ?? 0);
};

interface AxeViolation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** axe finds nothing serious. */
export const expectAccessible = async (page: Page): Promise<void> => {
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: AxeViolation[] }> } };
    return (await axe.run()).violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  });
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`),
  ).toEqual([]);
};
