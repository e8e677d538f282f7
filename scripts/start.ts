import type { IncomingMessage, RequestListener } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readConfig } from '../relay-server/config.ts'
import { createLog } from '../relay-server/log.ts'
import { createRelay, type Relay } from '../relay-server/relay.ts'
import { lanAddresses, relayAddress } from './addresses.ts'
import { ownCertificate } from './certificate.ts'
import { answerEarly } from './early.ts'
import { forward } from './forward.ts'
import { headersFor } from './headers.ts'
import { type Listening, listen } from './listen.ts'
import type { Options } from './options.ts'
import { buildPage, builtPage, type Page, sourcePage } from './page.ts'

export type Running = {
  /** What to tell whoever started it, line by line. */
  readonly lines: readonly string[]
  /** Where others find the page, without a slash at the end. */
  readonly origin: string
  /** Resolves once all has ended, after 2.8 s at the latest: Ctrl-C is promised to take 3. */
  stop(): Promise<void>
}

export type Places = {
  /** The page as it was built. */
  readonly page: string
  /** The relay's key and the certificate, so that an invitation outlives a restart. */
  readonly kept: string
  /** Puts the page there; absent: it is built from its sources. */
  readonly build?: () => Promise<void>
}

const root = fileURLToPath(new URL('..', import.meta.url))
const usualPlaces: Places = { page: join(root, 'dist'), kept: join(root, '.tabmesh') }
const stopMs = 2_800

/**
 * Relay and page on one port: the page's server hands WebSockets on, so that a phone accepts one certificate once. Takes the
 * port first, for that fails soonest. Rejects with an Error whose message is meant for people, and leaves nothing running.
 */
export async function start(options: Options, places: Places = usualPlaces): Promise<Running> {
  const networks = options.host ? lanAddresses() : []
  const parts: { listening?: Listening; relay?: Relay; page?: Page } = {}

  const answer: RequestListener = (request, response) => {
    const path = request.url?.split('?')[0] ?? '/'
    for (const [name, value] of Object.entries(headersFor(path))) response.setHeader(name, value)
    const { relay, page } = parts
    if (!relay || !page) return answerEarly(request, response)
    if (path !== '/network.json') return page.answer(request, response)
    const relays = [relayAddress(originOf(request), relay.peerId)]
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache' })
    response.end(JSON.stringify({ relays, iceServers: options.iceServers }))
  }
  const stop = async (): Promise<void> => {
    parts.listening?.stop()
    await within(stopMs, Promise.allSettled([parts.relay?.stop(), parts.page?.close()]))
  }

  try {
    const certificate = options.host
      ? await ownCertificate(places.kept, { names: [...networks, '127.0.0.1', 'localhost'] })
      : undefined
    const handlers = {
      answer,
      upgrade: (request, socket, head) => {
        if (options.dev && request.headers['sec-websocket-protocol']?.startsWith('vite-')) return // Vite's own
        if (parts.relay) forward(request, { socket, head, port: tcpPortOf(parts.relay) })
        else socket.destroy()
      },
    } satisfies Parameters<typeof listen>[1]
    parts.listening = await listen(options.port, handlers, certificate)
    if (options.build && !options.dev) await (places.build ?? buildPage)()
    parts.page = options.dev ? await sourcePage(parts.listening.server) : builtPage(places.page)
    parts.relay = await startRelay(options.relayPort, places.kept)
  } catch (error) {
    await stop()
    throw error
  }
  const { listening, relay } = parts
  const origins = (options.host ? [...networks, 'localhost'] : ['localhost']).map(
    (name) => `${options.host ? 'https' : 'http'}://${name}:${listening.port}`,
  )
  const [origin = ''] = origins
  return { lines: linesOf(origins, relay, options), origin, stop }
}

function linesOf([origin, ...others]: readonly string[], relay: Relay, { host }: Options): readonly string[] {
  const isAlone = others.length === 0
  return [
    `page     ${origin}/`,
    `invite   ${origin}/${host && !isAlone ? '' : '  (this machine only)'}`,
    ...others.map((other) => `also     ${other}/`),
    `relay    ${relay.peerId} on the same port; status ${relay.statusUrl}`,
    ...(host ? hostLines(isAlone) : ['for phones and other computers: npm start -- --host']),
    'running; Ctrl-C stops it all',
  ]
}

const hostLines = (isAlone: boolean): readonly string[] => [
  ...(isAlone ? ['this machine is in no network: nobody else can open the page'] : []),
  "the certificate is this machine's own: each browser asks once whether to trust it",
]

/** Where the browser has the page, as it says itself: a name, an address, a forwarded port. */
function originOf({ headers, socket }: IncomingMessage): URL {
  const scheme = 'encrypted' in socket ? 'https' : 'http'
  const text = `${scheme}://${headers.host ?? ''}`
  return new URL(URL.canParse(text) ? text : `${scheme}://localhost:${socket.localPort}`)
}

/** Every tab comes through this server: the relay believes it where each is from, and hears nobody else. */
async function startRelay(port: number, kept: string): Promise<Relay> {
  const config = readConfig({
    env: { TABMESH_RELAY_IDENTITY_FILE: join(kept, 'relay.key'), ...process.env },
    args: ['--host', '127.0.0.1', '--port', String(port), '--http-port', '0', '--trust-forwarded-for', 'true'],
  })
  if (!config.ok) throw new Error(`the relay's settings: ${config.facts['problems']}`)
  const log = createLog('warn', (line) => process.stderr.write(`${line}\n`))
  return createRelay(config.value, log).catch((cause: Error) => {
    throw new Error(`the relay could not start: ${cause.message}`, { cause })
  })
}

function tcpPortOf(relay: Relay): number {
  const ports = relay.addresses().map((address) => /\/tcp\/(\d+)\/ws/.exec(address)?.[1])
  return Number(ports.find((port) => port !== undefined))
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, limit])
  clearTimeout(timer)
}
