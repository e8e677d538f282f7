import { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { isIP } from 'node:net'

const sockets = new WeakMap<IncomingMessage, Socket>()

/**
 * A request whose socket names the address that the nearest proxy saw: the last entry of X-Forwarded-For, for the earlier
 * ones are whatever the client wrote. libp2p reads the address of a WebSocket from there.
 */
export class ForwardedRequest extends IncomingMessage {
  // @ts-expect-error the base declares a field where Node has an assignment, which lands in this setter
  override get socket(): Socket {
    const socket = sockets.get(this)!
    const seen = this.headers?.['x-forwarded-for']?.toString().split(',').at(-1)?.trim() ?? ''
    if (isIP(seen) !== 0) Object.defineProperty(socket, 'remoteAddress', { value: seen, configurable: true })
    return socket
  }

  override set socket(socket: Socket) {
    sockets.set(this, socket)
  }
}
