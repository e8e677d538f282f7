import { parseArgs } from 'node:util'

/** As RTCIceServer of browsers. */
export type IceServer = { readonly urls: string; readonly username?: string; readonly credential?: string }

export type Options = {
  /** HTTPS and WSS to the local network. */
  readonly host: boolean
  readonly dev: boolean
  readonly build: boolean
  readonly port: number
  readonly relayPort: number
  readonly iceServers: readonly IceServer[]
}

const usualPort = 4173
/** Browsers warn of slow discovery from five servers on; each costs every tab a request for each connection. */
const mostIceServers = 4

/** Reads what stands behind `npm start --`. Throws an Error that says what was wrong and what is allowed. */
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
      turn: { type: 'string', multiple: true, default: [] },
    },
  })
  const iceServers = [...values.stun.map(stunServer), ...values.turn.map(turnServer)]
  if (iceServers.length > mostIceServers)
    throw new Error(`${iceServers.length} STUN and TURN servers are too many: at most ${mostIceServers}`)
  return {
    host: values.host,
    dev: values.dev,
    build: !values['no-build'],
    port: portOf('--port', values.port),
    relayPort: portOf('--relay-port', values['relay-port']),
    iceServers,
  }
}

function portOf(name: string, text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text)
  throw new Error(`${name} is "${text}": a port is a number from 0 to 65535`)
}

function stunServer(text: string): IceServer {
  if (/^stuns?:[^\s,]+$/.test(text)) return { urls: text }
  throw new Error(`--stun is "${text}": write it as stun:stun.example.org:3478`)
}

/** The credential may itself have commas. */
function turnServer(text: string): IceServer {
  const [, urls, username, credential] = /^(turns?:[^\s,]+),([^,]+),(.+)$/.exec(text) ?? []
  if (urls && username && credential) return { urls, username, credential }
  const url = text.split(',')[0] // what follows may be a secret
  throw new Error(`--turn ${url}: write it as turn:turn.example.org:3478,username,credential`)
}
