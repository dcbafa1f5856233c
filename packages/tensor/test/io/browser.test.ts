// Folders, caches and archives in Chromium, as a user's bundler builds them.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
import { describe, expect, it } from 'vitest';
import type { BrowserReport } from './browser/main.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const reason =
  executablePath !== '' && existsSync(executablePath)
    ? ''
    : ' (skipped: no Chromium; set CHROMIUM to its path)';

/** Builds the page, opens it in Chromium, and returns what it reports. */
const runInBrowser = async (): Promise<BrowserReport> => {
  const outDir = mkdtempSync(path.join(tmpdir(), 'heed-io-'));
  const settings = {
    root: path.join(import.meta.dirname, 'browser'),
    logLevel: 'error' as const,
    configFile: false as const,
    resolve: { conditions: ['@heed/source', 'module', 'browser', 'development|production'] },
    build: { outDir, emptyOutDir: true, target: 'es2022' },
  };
  try {
    await build(settings);
    mkdirSync(path.join(outDir, 'files'));
    writeFileSync(path.join(outDir, 'files/word.txt'), 'transformer');
    const server = await preview({ ...settings, preview: { port: 0, host: '127.0.0.1' } });
    const browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
    });
    try {
      const page = await browser.newPage();
      await page.goto(server.resolvedUrls?.local[0] ?? '');
      await page.waitForFunction(() => (document.body?.textContent ?? '').startsWith('{'), undefined, {
        timeout: 60_000,
      });
      return JSON.parse((await page.textContent('body')) ?? '') as BrowserReport;
    } finally {
      await browser.close();
      await server.close();
    }
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
};

describe.skipIf(reason !== '')(`in Chromium${reason}`, () => {
  it('the storage of the page, its cache, chosen files, range requests and archives do what they do in Node', {
    timeout: 120_000,
  }, async () => {
    expect(await runInBrowser()).toEqual({
      storage: ['größer', false, true, false],
      wanted: [['b', [3]]],
      missing:
        'storage/nothing: there is no such file. Check that the folder is complete and that its name is right.',
      cached: ['transformer', 'transformer'],
      ranges: 'trsf',
      chosen: [1, 2],
      inflated: 6000,
      npz: [3],
    });
  });
});
