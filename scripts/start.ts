import { createServer as createHttp, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import sirv from 'sirv'
import { build, createServer as createVite } from 'vite'
import { readConfig } from '../relay-server/config.ts'
import { createLog } from '../relay-server/log.ts'
import { createRelay } from '../relay-server/relay.ts'
import { ownCertificate } from './certificate.ts'
import { say } from './install.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const usualPort = 4173

export type Options = {
  host: boolean
  dev: boolean
  build: boolean
  port: number
  relayPort: number
  stun: readonly string[]
}

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      host: { type: 'boolean', default: false },
      dev: { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
      port: { type: 'string', default: String(usualPort) },
      'relay-port': { type: 'string', default: '0' },
      stun: { type: 'string', multiple: true, default: [] },
    },
  })
  const port = Number(values.port)
  const relayPort = Number(values['relay-port'])
  if (![port, relayPort].every((one) => Number.isInteger(one) && one >= 0 && one < 65_536))
    throw new Error('a port is a number from 0 to 65535')
  return { host: values.host, dev: values.dev, build: !values['no-build'], port, relayPort, stun: values.stun }
}

/** Relay and page on one port: the page's server hands WebSockets on, so that a phone accepts one certificate once. */
export async function start(args: readonly string[]): Promise<void> {
  const options = readOptions(args)
  if (options.build && !options.dev) {
    say('building the page')
    await build({ root, logLevel: 'error' })
  }
  const relay = await startRelay(options)
  const hostname = options.host ? lanAddress() : '127.0.0.1'
  const scheme = options.host ? 'https' : 'http'
  const relayPort = tcpPortOf(relay.addresses())
  const page = await pageServer(options)
  const certificate = options.host ? await ownCertificate(root, hostname) : undefined
  const listener: RequestListener = (request, response) => {
    if (request.url?.split('?')[0] === '/network.json')
      return sendJson(response, { relays: [pageAddress(request)], iceServers: options.stun.map((urls) => ({ urls })) })
    if (request.url?.split('?')[0] === '/relays.json') return sendJson(response, [pageAddress(request)])
    page.handle(request, response)
  }
  const server = certificate ? createHttps(certificate, listener) : createHttp(listener)
  server.on('upgrade', (request, socket, head) => {
    if (page.upgrade?.(request, socket, head)) return
    forward(request, socket, head, relayPort)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${options.port} is taken: try --port ${options.port + 1}`)
          : error,
      ),
    )
    server.listen(options.port, options.host ? '0.0.0.0' : '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : options.port

  function pageAddress(request: IncomingMessage): string {
    const [name = hostname] = (request.headers.host ?? '').split(':')
    const host = /^[\d.]+$/.test(name) ? `/ip4/${name}` : `/dns4/${name}`
    return `${host}/tcp/${port}${options.host ? '/tls' : ''}/ws/p2p/${relay.peerId}`
  }

  say(`page     ${scheme}://${hostname === '127.0.0.1' ? 'localhost' : hostname}:${port}/`)
  say(`invite   ${scheme}://${hostname}:${port}/`)
  say(`relay    ${relay.peerId} behind the page's port; status ${relay.statusUrl}`)
  if (options.host) say("the certificate is this machine's own: a browser asks once whether to trust it")
  say('running; Ctrl-C stops it all')

  let isStopping = false
  const stop = async (): Promise<void> => {
    if (isStopping) process.exit(1)
    isStopping = true
    say('stopping')
    server.closeAllConnections()
    server.close()
    await Promise.all([relay.stop(), page.close()])
    process.exit(0)
  }
  process.on('SIGINT', () => void stop())
  process.on('SIGTERM', () => void stop())
}

async function startRelay({ relayPort }: Options) {
  const config = readConfig({ env: process.env, args: ['--port', String(relayPort), '--http-port', '0'] })
  if (!config.ok) throw new Error(`relay: ${Object.values(config.facts).join(' ')}`)
  return createRelay(
    config.value,
    createLog('warn', (line) => process.stderr.write(`${line}\n`)),
  )
}

type Page = {
  handle: RequestListener
  /** True where the page's own server takes the socket. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  close(): Promise<void>
}

async function pageServer({ dev }: Options): Promise<Page> {
  if (!dev) {
    const files = sirv(fileURLToPath(new URL('../dist', import.meta.url)), { single: true, etag: true })
    return { handle: (request, response) => files(request, response), close: async () => {} }
  }
  const vite = await createVite({ root, server: { middlewareMode: true, hmr: { port: 24_678 } }, appType: 'spa' })
  return { handle: vite.middlewares, close: () => vite.close() }
}

/** Hands a WebSocket to the relay as it came: its handshake, then bytes both ways. */
function forward(request: IncomingMessage, socket: Duplex, head: Buffer, port: number): void {
  const upstream = connectTcp(port, '127.0.0.1', () => {
    const headers = request.rawHeaders.reduce((text, item, i) => text + (i % 2 === 0 ? `${item}: ` : `${item}\r\n`), '')
    upstream.write(`${request.method} ${request.url} HTTP/1.1\r\n${headers}\r\n`)
    upstream.write(head)
    upstream.pipe(socket)
    socket.pipe(upstream)
  })
  const end = (): void => {
    upstream.destroy()
    socket.destroy()
  }
  for (const side of [upstream, socket]) side.once('error', end).once('close', end)
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json')
  response.setHeader('cache-control', 'no-cache')
  response.end(JSON.stringify(value))
}

function tcpPortOf(addresses: readonly string[]): number {
  const port = addresses.map((address) => /\/tcp\/(\d+)\/ws/.exec(address)?.[1]).find((found) => found !== undefined)
  if (!port) throw new Error('the relay has no WebSocket address')
  return Number(port)
}

function lanAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'
}
