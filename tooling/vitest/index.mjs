// The vitest settings that every workspace package shares: run from source, count results, refuse console output.
// Not here: what a single package needs (it spreads the preset and adds its own).
import { mkdirSync, writeFileSync } from 'node:fs';

/** Writes {passed, failed, skipped} where turbo caches it; the root runner adds the packages up. */
class CountReporter {
  #printed = [];

  // Libraries never print: whatever a test lets through to the console is counted as a failure.
  onUserConsoleLog(log) {
    this.#printed.push(log.content.trimEnd());
  }

  onTestRunEnd(modules, errors) {
    const count = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        count[state === 'passed' || state === 'failed' ? state : 'skipped'] += 1;
      }
      if (module.errors().length > 0) count.failed += 1; // a file that did not load
    }
    count.failed += errors.length;
    if (this.#printed.length > 0) {
      count.failed += 1;
      process.exitCode = 1;
      process.stderr.write(
        `console output in tests is a failure; ${this.#printed.length} times, see above\n`,
      );
    }
    if (count.passed + count.failed + count.skipped === 0) count.failed = 1; // a package without tests
    mkdirSync('.results', { recursive: true });
    writeFileSync('.results/vitest.json', JSON.stringify(count));
  }
}

const conditions = ['@heed/source', 'module', 'node', 'development|production'];

export const preset = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', new CountReporter()],
    watch: false,
    execArgv: ['--expose-gc'],
    testTimeout: 60_000, // a hang, not slowness: two cores run two packages and their workers at once
    hookTimeout: 120_000,
  },
};
