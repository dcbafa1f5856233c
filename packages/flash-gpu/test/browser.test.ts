// The kernel contract in Chromium: flash-gpu on gpu.js's WebAssembly backend, and the CPU engine with threads, as a user's bundler
// builds them.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { attentionKernelCases } from '@heed/attention/cases';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
import { describe, expect, it } from 'vitest';
import type { BrowserReport } from './browser/worker.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const reason =
  executablePath !== '' && existsSync(executablePath)
    ? ''
    : ' (skipped: no Chromium; set CHROMIUM to its path)';
const isolated = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Builds the page, opens it in Chromium, and returns what it reports. */
const runInBrowser = async (): Promise<BrowserReport> => {
  const outDir = mkdtempSync(path.join(tmpdir(), 'heed-kernels-'));
  const settings = {
    root: path.join(import.meta.dirname, 'browser'),
    logLevel: 'error' as const,
    configFile: false as const,
    resolve: { conditions: ['@heed/source', 'module', 'browser', 'development|production'] },
    worker: { format: 'es' as const },
    build: { outDir, emptyOutDir: true, target: 'es2022' },
  };
  try {
    await build(settings);
    const server = await preview({ ...settings, preview: { port: 0, host: '127.0.0.1', headers: isolated } });
    const browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
    });
    try {
      const page = await browser.newPage();
      await page.goto(server.resolvedUrls?.local[0] ?? '');
      await page.waitForFunction(() => (document.body?.textContent ?? '').startsWith('{'), undefined, {
        timeout: 150_000,
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
  it('every kernel keeps its contract, and two threads give the bits of one', {
    timeout: 180_000,
  }, async () => {
    const { isolated: shared, kernels, threads, sameBits } = await runInBrowser();
    const count = attentionKernelCases.length;
    const declined = attentionKernelCases.filter(({ name }) =>
      /bias|dropout|soft-cap|sinks/.test(name),
    ).length;
    expect(kernels).toEqual({
      'flash-gpu': { passed: count - declined, declined, failed: [] },
      dense: { passed: count, declined: 0, failed: [] },
      'flash, two threads': { passed: count, declined: 0, failed: [] },
    });
    expect({ shared, threads, sameBits }).toEqual({ shared: true, threads: 2, sameBits: true });
  });
});
