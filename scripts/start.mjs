/**
 * `npm start`: installs, builds, and runs relay and page until Ctrl-C.
 *   --host          HTTPS and WSS for the local network, for phones
 *   --dev           the page from its sources, reloading as they change
 *   --port 4173     the page's port; the relay's is internal
 *   --stun, --turn  servers with which tabs behind different routers find a path
 *   --no-build      takes the page as it was last built
 */
import { install, say } from './install.mjs'

/** npm hands a signal on that the terminal has sent already: two within this time are one press. */
const pressMs = 250

try {
  install()
  let running
  let stoppedAt
  const stop = async () => {
    if (stoppedAt !== undefined && performance.now() - stoppedAt < pressMs) return
    if (stoppedAt !== undefined || running === undefined) process.exit(stoppedAt === undefined ? 0 : 1)
    stoppedAt = performance.now()
    say('stopping')
    await running.stop()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop)

  await import('./polyfill.mjs')
  const { register } = await import('tsx/esm/api')
  register()
  const { readOptions } = await import('./options.ts')
  const options = readOptions(process.argv.slice(2))
  const { start } = await import('./start.ts')
  running = await start(options)
  for (const line of running.lines) say(line)
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exit(1)
}
