import { readFile } from 'node:fs/promises'
import { argName, configPath, envName, readConfig } from './config.ts'
import { createLog, type Log } from './log.ts'
import { createRelay } from './relay.ts'
import { type RelayConfig, type SettingName, settings } from './settings.ts'

const print = (line: string): void => void process.stdout.write(`${line}\n`)

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  if (args.includes('--help')) return print(help())
  const path = configPath({ args, env: process.env })
  const file = path === undefined ? undefined : await readFile(path, 'utf8')
  const config = readConfig({ file, env: process.env, args })
  if (config.ok) return run(config.value, createLog(config.value.logLevel, print))
  for (const problem of String(config.facts['problems']).split('\n')) process.stderr.write(`${problem}\n`)
  process.exitCode = 2
}

async function run(config: RelayConfig, log: Log): Promise<void> {
  process.on('unhandledRejection', (reason) => log.error('unhandled-rejection', { error: String(reason) }))
  const relay = await createRelay(config, log)
  log.info('started', { peerId: relay.peerId, addresses: relay.addresses(), status: relay.statusUrl })

  let asked = false
  const end = (signal: NodeJS.Signals): void => {
    if (asked) process.exit(1)
    asked = true
    log.info('stopping', { signal })
    relay
      .stop()
      .then(() => log.info('stopped'))
      .finally(() => process.exit(0))
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
}

function help(): string {
  const rows = (Object.keys(settings) as SettingName[]).map((name) => {
    const { about, initial, allowed } = settings[name]
    return `${argName(name)}  ${envName(name)}\n    ${about}\n    ${allowed}; default ${JSON.stringify(initial)}`
  })
  return [`--config FILE  ${envName('config')}\n    JSON file with the settings below by name.`, ...rows].join('\n')
}

main().catch((error: Error) => {
  process.stderr.write(`the relay could not start: ${error.message}\n`)
  process.exitCode = 1
})
