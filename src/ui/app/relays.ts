import { servedNetwork } from '../../sdk/served-network.ts'
import { recall, remember } from './memory.ts'

/** Eight relays are more than a node keeps at once; a longer list is a mistake or mischief. */
const mostRelays = 8
const relaysKey = 'relays'

/**
 * Where to find the network, best first: what the address of the page says (`?relay=`, several allowed, remembered for this
 * tab), else those that the page's server names.
 */
export async function chosenRelays(search: string): Promise<readonly string[]> {
  const named = new URLSearchParams(search).getAll('relay').filter(isAddress).slice(0, mostRelays)
  if (named.length > 0) {
    remember('tab', relaysKey, named)
    return named
  }
  const remembered = addressesIn(recall('tab', relaysKey))
  return remembered.length > 0 ? remembered : await servedRelays()
}

/** The relays of the page's own server; none where it names none. */
export async function servedRelays(): Promise<readonly string[]> {
  return addressesIn((await servedNetwork()).relays)
}

/** The address that brings somebody else here: with the relays only where the page's server would not name them itself. */
export function inviteLink(origin: string, relays: readonly string[], served: readonly string[]): string {
  const others = relays.filter((relay) => !served.includes(relay))
  const query = new URLSearchParams(others.map((relay) => ['relay', relay]))
  return others.length > 0 ? `${origin}/?${query}` : `${origin}/`
}

const isAddress = (value: unknown): value is string =>
  typeof value === 'string' && value.startsWith('/') && value.length <= 512
const addressesIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter(isAddress).slice(0, mostRelays) : []
