import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'

/** Hands a WebSocket to the relay behind the page: its handshake, with the address it came from, then bytes both ways. */
export function forward(
  request: IncomingMessage,
  { socket, head, port }: { socket: Duplex; head: Buffer; port: number },
) {
  const upstream = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
    upstream.write(handshake(request), 'latin1') // as Node reads header bytes
    upstream.write(head)
    upstream.pipe(socket)
    socket.pipe(upstream)
  })
  // A handshake is many small messages: held back for their acknowledgements they cost 40 ms each.
  request.socket.setNoDelay(true)
  const end = (): void => {
    upstream.destroy()
    socket.destroy()
  }
  for (const side of [upstream, socket]) side.once('error', end).once('close', end)
}

/** The request as it came, except that X-Forwarded-For is what this server saw and nothing that the client wrote. */
function handshake({ method, url, rawHeaders, socket }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/1.1`]
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]!.toLowerCase() !== 'x-forwarded-for') lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`)
  lines.push(`X-Forwarded-For: ${(socket.remoteAddress ?? '').replace(/^::ffff:/, '')}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}
