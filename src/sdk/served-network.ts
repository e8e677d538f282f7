import type { IceServer } from './connect-options.ts'

/** What the server of a page says of the network: relays to join by, STUN and TURN servers. */
export type ServedNetwork = { readonly relays?: readonly string[]; readonly iceServers?: readonly IceServer[] }

let asked: Promise<ServedNetwork> | undefined

/** Asked once a page, by whoever needs it first; again where no answer came. Nothing where the server says nothing. */
export function servedNetwork(): Promise<ServedNetwork> {
  asked ??= ask().catch(() => {
    asked = undefined
    return {}
  })
  return asked
}

async function ask(): Promise<ServedNetwork> {
  const answer = await fetch('/network.json', { cache: 'no-cache' })
  return answer.ok ? ((await answer.json()) as ServedNetwork) : {}
}
