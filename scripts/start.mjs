/**
 * `npm start`: installs, builds, and runs relay and page until Ctrl-C.
 *   --host          HTTPS and WSS for the local network, for phones
 *   --dev           the page from its sources, reloading as they change
 *   --port 4173     the page's port; the relay's is internal
 *   --no-build      takes the page as it was last built
 */
import { install, say } from './install.mjs'

try {
  install()
  await import('./polyfill.mjs')
  const { register } = await import('tsx/esm/api')
  register()
  const { start } = await import('./start.ts')
  await start(process.argv.slice(2))
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exit(1)
}
