import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** The built page in a real browser with a real relay; `npm test` builds it first and names the browser. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['e2e/**/*.journey.ts'],
    setupFiles: ['scripts/polyfill.mjs'],
    fileParallelism: false, // each journey runs several tabs: two at once would measure each other
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
