/**
 * `npm test`: sets up all it needs, a browser too, runs every check or those named behind `npm test --`, and ends with one
 * line that counts them.
 */
import { install, say } from './install.mjs'

try {
  install()
  const { runChecks } = await import('./checks.mjs')
  const { endCommand } = await import('./run-command.mjs')
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      endCommand()
      process.exit(130) // as shells count an interruption
    })
  process.exitCode = (await runChecks(process.argv.slice(2))) ? 0 : 1
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.stdout.write('0 passed, 1 failed\n')
  process.exitCode = 1
}
