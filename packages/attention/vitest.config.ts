import { preset } from '@heed/vitest-preset';
import { defineConfig } from 'vitest/config';

export default defineConfig(preset);
