import { it } from 'vitest'
import { startRelay } from '../../../relay-server/fixture.ts'
import { readyNode } from './fixture.ts'

it('cycles', async () => {
  const relay = await startRelay({ logLevel: 'error' })
  const a = await readyNode(relay.addresses())
  const b = await readyNode(relay.addresses())
  const out: string[] = []
  const mode = process.env['MODE'] ?? 'fresh'
  for (let i = 0; i < 30; i++) {
    const other = mode === 'fresh' ? await readyNode(relay.addresses()) : b
    const t = performance.now()
    const link = await a.network.dial(other.network.peerId, [], AbortSignal.timeout(15000))
    out.push(`${link.via} ${Math.round(performance.now() - t)} ${Math.round((link.rttMs ?? 0) * 10) / 10}`)
    if (mode === 'fresh') await other.network.stop()
    else await a.network.disconnect(other.network.peerId)
  }
  console.log(out.join('\n'))
}, 200_000)
