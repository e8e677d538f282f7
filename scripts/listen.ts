import { createServer as createHttp, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { type AddressInfo, connect, createServer as createTcp, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Certificate } from './certificate.ts'

export type Listening = {
  /** Speaks HTTP or HTTPS; where it is a server of Vite's, Vite hears its upgrades too. */
  readonly server: ReturnType<typeof createHttp | typeof createHttps>
  readonly port: number
  stop(): void
}

type Handlers = {
  readonly answer: RequestListener
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
}

/** Relays allow 3,000; the rest are requests for files, which end soon. */
const mostSockets = 4_000
/** What the first byte of a TLS connection says. */
const tlsHandshake = 22
/** A client sends its first byte at once; the slowest network takes seconds. */
const firstByteMs = 10_000

/**
 * Takes a port: of this machine alone in the clear, of every network with a certificate. Rejects with words where it is
 * taken or not allowed.
 */
export async function listen(port: number, handlers: Handlers, certificate?: Certificate): Promise<Listening> {
  const server = certificate ? createHttps(certificate, handlers.answer) : createHttp(handlers.answer)
  server.on('upgrade', handlers.upgrade)
  const front = certificate ? inFrontOf(server) : server
  const sockets = new Set<Socket>()
  front.maxConnections = mostSockets
  front.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  if (port !== 0 && !certificate && (await answersAt('::1', port))) throw takenError(port)
  await new Promise<void>((resolve, reject) => {
    front.once('error', (error: NodeJS.ErrnoException) => reject(inWords(error, port)))
    front.listen(port, certificate ? '0.0.0.0' : '127.0.0.1', resolve)
  })
  const stop = (): void => {
    front.close()
    for (const socket of sockets) socket.destroy()
  }
  return { server, port: (front.address() as AddressInfo).port, stop }
}

/** Whoever typed the address without `https://` gets led there, instead of a connection that ends without a word. */
function inFrontOf(secure: Server): Server {
  const plain = createHttp(({ headers, url }, response) => {
    const location = `https://${headers.host ?? ''}${url}`
    response.writeHead(307, { location, 'cache-control': 'no-store' }).end() // without --host there is no HTTPS here
  })
  return createTcp({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    socket.setTimeout(firstByteMs, () => socket.destroy())
    socket.once('readable', () => {
      socket.setTimeout(0)
      const first: Buffer | null = socket.read()
      if (!first) return socket.destroy()
      socket.unshift(first)
      const server = first[0] === tlsHandshake ? secure : plain
      server.emit('connection', socket)
    })
  })
}

/** Browsers ask `localhost` by IPv6 first: another server there would be seen instead of this one. */
function answersAt(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    const end = (answers: boolean): void => {
      socket.destroy()
      resolve(answers)
    }
    socket.once('connect', () => end(true)).once('error', () => end(false))
  })
}

function inWords(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') return takenError(port)
  if (error.code === 'EACCES')
    return new Error(`port ${port} is not allowed to you: those below 1024 often are not; leave --port out`)
  return error
}

const takenError = (port: number): Error =>
  new Error(`port ${port} is taken, perhaps by another \`npm start\`: try npm start -- --port ${port + 1}`)
