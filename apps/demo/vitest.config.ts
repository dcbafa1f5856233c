import { preset } from '@heed/vitest-preset';
import { defineConfig } from 'vitest/config';

// One file at a time: three browsers that train at once on two cores starve each other's pages.
export default defineConfig({ ...preset, test: { ...preset.test, fileParallelism: false } });
