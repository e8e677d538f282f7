import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Page and relay on one port, as `npm start` runs them. */
export type Product = {
  readonly url: string
  /** Where the relay answers /healthz and /metrics. */
  readonly statusUrl: string
  /** What it wrote, for whoever reads a failure. */
  readonly said: readonly string[]
  /** What its relay decrypted so far, where it keeps that. */
  relayRead(): Promise<Buffer>
  stop(): Promise<void>
}
export type ProductOptions = {
  /** Its relay writes down all that it decrypts. */
  readonly relayKeepsWhatItReads?: boolean
}

/** A relay of its own that can die and come back as the same one, at the same port. */
export type Relay = {
  readonly address: string
  readonly said: readonly string[]
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

/** Starts the product as it was last built, on a free port. */
export async function startProduct({ relayKeepsWhatItReads = false }: ProductOptions = {}): Promise<Product> {
  const folder = await mkdtemp(join(tmpdir(), 'tabmesh-e2e-'))
  const read = join(folder, 'relay.read')
  const env = { TABMESH_RELAY_IDENTITY_FILE: join(folder, 'relay.key'), E2E_RELAY_READ_FILE: read }
  const keeping = relayKeepsWhatItReads ? ['--import', './e2e/relay-reads.mjs'] : []
  const child = run([...keeping, 'scripts/start.mjs', '--no-build', '--port', '0'], env)
  await child.says(/running/)
  return {
    url: child.found(/page +(\S+)/),
    statusUrl: child.found(/status (\S+)/),
    said: child.said,
    relayRead: () => readFile(read),
    stop: async () => {
      await child.end('SIGTERM')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Starts a relay that is nothing else. */
export async function startRelay(): Promise<Relay> {
  const folder = await mkdtemp(join(tmpdir(), 'tabmesh-e2e-'))
  const said: string[] = []
  const identity = ['--identity-file', join(folder, 'relay.key'), '--http-port', '0']
  let child: Child | undefined
  let address = ''
  const start = async (): Promise<void> => {
    child = run(['scripts/relay.mjs', '--port', /\/tcp\/(\d+)/.exec(address)?.[1] ?? '0', ...identity], {}, said)
    await child.says(/"started"/)
    address = child.found(/"addresses":\["([^"]+)"/)
  }
  await start()
  return {
    address,
    said,
    start,
    kill: async () => child?.end('SIGKILL'),
    stop: async () => {
      await child?.end('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

type Child = {
  readonly said: readonly string[]
  /** Resolves with the first line that fits; rejects where the process ends without it. */
  says(pattern: RegExp): Promise<void>
  /** What the pattern's first group caught in the newest line that fits. */
  found(pattern: RegExp): string
  end(signal: NodeJS.Signals): Promise<void>
}

/** A graceful stop takes 2.5 s at most; past twice that the process is ended. */
const stopMs = 5_000

function run(args: readonly string[], env: Record<string, string>, said: string[] = []): Child {
  const child = spawn(process.execPath, [...args], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const watching = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      said.push(line)
      for (const look of watching) look()
    })
  const ended = once(child, 'exit')
  const from = said.length
  return {
    said,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!said.slice(from).some((line) => pattern.test(line))) return
          watching.delete(look)
          resolve()
        }
        watching.add(look)
        ended.then(() => reject(new Error(`${args[0]} ended:\n${said.join('\n')}`)))
        look()
      }),
    found: (pattern) => {
      const line = said.findLast((one) => pattern.test(one)) ?? ''
      const [, caught] = pattern.exec(line) ?? []
      if (caught === undefined) throw new Error(`${args[0]} did not say ${pattern}:\n${said.join('\n')}`)
      return caught
    },
    end: (signal) => end(child, ended, signal),
  }
}

async function end(child: ChildProcess, ended: Promise<unknown>, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  const forced = setTimeout(() => child.kill('SIGKILL'), stopMs)
  await ended
  clearTimeout(forced)
}
