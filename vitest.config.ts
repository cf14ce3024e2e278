import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Vitest's own compiler leaves out the metadata of decorators, which Nest and TypeORM live on.
  plugins: [swc.vite()],
  test: {
    include: ['src/**/*.spec.ts', 'test/**/*.spec.ts'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // Started as processes of their own by the tests, out of the coverage's sight.
      exclude: ['src/**/*.spec.ts', 'src/main.ts', 'src/**/*-cli.ts'],
      reporter: ['text-summary', 'html'],
      thresholds: {
        lines: 90,
        'src/{parking,auth}/**': { lines: 90, branches: 90 },
      },
    },
  },
});
