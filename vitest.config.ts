import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{src,relay-server,examples,scripts}/**/*.test.{ts,tsx}'],
    setupFiles: ['scripts/polyfill.mjs'],
    testTimeout: 20_000,
  },
})
