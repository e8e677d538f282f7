import { isIP } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import * as v from 'valibot'
import { secondMs } from '../src/kernel/time.ts'
import { circuitBytes, circuitDurationMs, relayedTopics, reservationTtlMs } from '../src/net/limits.ts'

/** One setting, declared once: the configuration, its error texts, `--help` and the table in docs/relay.md come from it. */
export type Setting<T> = {
  readonly initial: T
  /** What may be written, completing the sentence "allowed is …". */
  readonly allowed: string
  readonly about: string
  readonly schema: v.GenericSchema<unknown, T>
  /** A value from the environment or an argument. What it cannot read it hands on as it is, for the schema to refuse. */
  readonly fromText: (text: string) => unknown
}

const holds = (test: (text: string) => unknown) => (text: string) => {
  try {
    return Boolean(test(text))
  } catch {
    return false
  }
}
const isMultiaddr = holds((text) => multiaddr(text).getComponents().length > 0)
const isPeerAddress = holds((text) =>
  multiaddr(text)
    .getComponents()
    .some(({ name }) => name === 'p2p'),
)
const isPeerId = holds((text) => multiaddr(`/p2p/${text}`))
const isBlockable = (text: string): boolean => {
  const [host = '', bits] = text.split('/')
  const kind = isIP(host)
  if (kind === 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (kind === 4 ? 32 : 128))
}

const whole = (initial: number, least: number, most: number, about: string): Setting<number> => ({
  initial,
  about,
  allowed: `a whole number from ${least} to ${most}`,
  schema: v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most)),
  fromText: (text) => (/^-?\d+$/.test(text) ? Number(text) : text),
})

const text = (initial: string, about: string): Setting<string> => ({
  initial,
  about,
  allowed: 'text of at most 1024 characters',
  schema: v.pipe(v.string(), v.maxLength(1024)), // longer than any path that a system takes whole
  fromText: (value) => value,
})

const host = (initial: string, about: string): Setting<string> => ({
  ...text(initial, about),
  allowed: 'an IPv4 or IPv6 address',
  schema: v.pipe(
    v.string(),
    v.check((value) => isIP(value) !== 0),
  ),
})

const flag = (initial: boolean, about: string): Setting<boolean> => ({
  initial,
  about,
  allowed: 'true or false',
  schema: v.boolean(),
  fromText: (value) => (value === 'true' ? true : value === 'false' ? false : value),
})

/** 1,000 entries: a list kept by hand; whatever is longer belongs into a firewall. */
const list = (initial: readonly string[], kind: string, test: (item: string) => boolean, about: string) =>
  ({
    initial,
    about,
    allowed: `at most 1000 entries, each ${kind}`,
    schema: v.pipe(
      v.array(
        v.pipe(
          v.string(),
          v.check((item) => test(item)),
        ),
      ),
      v.maxLength(1000),
      v.readonly(),
    ),
    fromText: (value) =>
      value
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
  }) satisfies Setting<readonly string[]>

const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]
const level: Setting<LogLevel> = {
  initial: 'info',
  about: 'The least level that is written. `debug` names peers and addresses.',
  allowed: logLevels.join(', '),
  schema: v.picklist(logLevels),
  fromText: (value) => value,
}

const gigabyte = 1024 ** 3

export const settings = {
  host: host('127.0.0.1', 'Where tabs connect; `0.0.0.0` for every IPv4 interface, `::` for every IPv6 one.'),
  port: whole(4001, 0, 65_535, 'Port of the WebSocket listener; 0 takes a free one.'),
  announce: list([], 'a multiaddr', isMultiaddr, 'Addresses told to others instead of the own ones: behind a proxy.'),
  certFile: text('', 'PEM certificate chain; with `keyFile` the relay serves WSS itself.'),
  keyFile: text('', 'PEM private key for `certFile`.'),
  trustForwardedFor: flag(false, 'Take the last entry of X-Forwarded-For for the address: only behind an own proxy.'),
  identityFile: text(
    '.tabmesh/relay.key',
    'Key that gives the relay its peer id; made when absent; empty for a new one each start.',
  ),
  httpHost: host('127.0.0.1', 'Where /healthz, /metrics and /addresses answer.'),
  httpPort: whole(4080, 0, 65_535, 'Port of those; 0 takes a free one.'),
  logLevel: level,
  maxConnections: whole(3_000, 1, 100_000, 'Open connections; the next one is refused.'),
  maxReservations: whole(2_000, 1, 100_000, 'Tabs that hold a reservation; about 130 KB of memory each.'),
  reservationTtlMs: whole(reservationTtlMs, 1_000, 86_400_000, 'Life of a reservation that is not renewed.'),
  circuitBytes: whole(circuitBytes, 16_384, 1024 * gigabyte, 'Bytes through one circuit, both ways together.'),
  circuitDurationMs: whole(circuitDurationMs, 1_000, 86_400_000, 'Life of one circuit.'),
  circuitsPerPeer: whole(64, 1, 10_000, 'Open circuits that one peer has asked for.'),
  bytesPerSecond: whole(0, 0, 1024 * gigabyte, 'Bytes a second through all circuits together; 0 for no cap.'),
  connectionsPerAddress: whole(256, 1, 100_000, 'Open connections of one IPv4 address or IPv6 /64 network.'),
  newConnectionsPerAddress: whole(50, 1, 100_000, 'Connections a second that one address may open.'),
  reservationsPerAddress: whole(256, 1, 100_000, 'Reservations of one address.'),
  gossipPerPeer: whole(200, 1, 100_000, 'New messages a second taken from one peer; the rest is ignored.'),
  blockedAddresses: list(
    [],
    'an IP address or a network such as 10.0.0.0/8',
    isBlockable,
    'Refused before a byte is read.',
  ),
  blockedPeers: list([], 'a peer id', isPeerId, 'Refused once they have proved who they are.'),
  topics: list(relayedTopics, 'at most 256 characters', (topic) => topic.length <= 256, 'Gossip topics carried on.'),
  peers: list([], 'a multiaddr ending in /p2p/<peer id>', isPeerAddress, 'Other relays to stay connected with.'),
  dhtRecords: whole(16_384, 1, 1_000_000, 'DHT values kept, at most 4 KiB each; the oldest makes room.'),
  stopMs: whole(2.5 * secondMs, 0, 60_000, 'How long a stop waits for connections to close.'),
} satisfies Record<string, Setting<unknown>>

export type SettingName = keyof typeof settings
export type RelayConfig = { readonly [N in SettingName]: (typeof settings)[N]['initial'] }
