import { expect, it } from 'vitest'
import { inviteLink } from './relays.ts'

const own = '/ip4/127.0.0.1/tcp/4173/ws/p2p/12D3KooWA'
const foreign = '/dns4/relay.example/tcp/443/wss/p2p/12D3KooWB'

it('invites with the relays that the page itself would not name, and with no others', () => {
  expect(inviteLink('https://tab.example', [own], [own])).toBe('https://tab.example/')
  const link = new URL(inviteLink('https://tab.example', [own, foreign], [own]))
  expect(link.searchParams.getAll('relay')).toEqual([foreign])
})
