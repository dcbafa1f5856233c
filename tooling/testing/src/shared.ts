// Finds larger test data that is not in the repository: the folder `shared` beside it, or the one that HEED_SHARED names.
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = (): string => process.env.HEED_SHARED ?? path.resolve(import.meta.dirname, '../../../../shared');

/**
 * The absolute path of a file or folder in the shared data, or undefined where it is absent (also if HEED_SHARED is empty).
 *
 * @example
 * const folder = shared('data/onnx-cases');
 * describe.skipIf(!folder)(`ONNX cases${folder ? '' : skipReason('data/onnx-cases')}`, () => {});
 */
export const shared = (relative: string): string | undefined => {
  const found = root();
  if (found === '') return undefined;
  const full = path.join(found, relative);
  return existsSync(full) ? full : undefined;
};

/** What to append to the name of a skipped suite, empty if the data is there: console output in tests is a failure, names are printed. */
export const skipReason = (relative: string): string =>
  shared(relative) === undefined ? ` (skipped: no ${relative} in the shared data; set HEED_SHARED)` : '';
