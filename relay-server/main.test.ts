import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'

const script = fileURLToPath(new URL('../scripts/relay.mjs', import.meta.url))
const quiet = ['--port', '0', '--http-port', '0', '--identity-file', '']

it('says as JSON what it does, and stops within 3 s of being asked', async () => {
  const relay = start(quiet)
  const lines = createInterface({ input: relay.stdout! })[Symbol.asyncIterator]()
  const started = JSON.parse((await lines.next()).value ?? '')
  expect(started).toMatchObject({ level: 'info', event: 'started' })
  expect(new Date(started.time).getTime()).toBeGreaterThan(0)
  expect((await fetch(`${started.status}/healthz`)).status).toBe(200)
  const askedAt = performance.now()
  relay.kill('SIGTERM')
  expect(JSON.parse((await lines.next()).value ?? '')).toMatchObject({ event: 'stopping', signal: 'SIGTERM' })
  expect(await once(relay, 'exit')).toEqual([0, null])
  expect(performance.now() - askedAt).toBeLessThan(3_000)
})

it('names each wrong setting and does not start', async () => {
  const relay = start([...quiet, '--max-reservations', 'many'])
  const wrong = 'maxReservations is "many" (--max-reservations): allowed is a whole number from 1 to 100000'
  expect(await text(relay.stderr!)).toBe(`${wrong}\n`)
  expect(relay.exitCode ?? (await once(relay, 'exit'))[0]).toBe(2)
})

function start(args: string[]): ChildProcess {
  const relay = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void relay.kill('SIGKILL'))
  return relay
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let whole = ''
  for await (const part of stream) whole += part
  return whole
}
