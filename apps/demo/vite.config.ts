import { defineConfig } from 'vite';

// SharedArrayBuffer, and so threads, exists only in cross-origin isolated pages.
const isolated = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  base: './',
  resolve: { conditions: ['@heed/source', 'module', 'browser', 'development|production'] },
  server: { headers: isolated, port: 5173 },
  preview: { headers: isolated, port: 4173 },
  build: { target: 'es2022', sourcemap: true },
});
