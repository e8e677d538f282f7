import { afterAll, beforeAll, describe } from 'vitest'
import { readConfig } from '../../../relay-server/config.ts'
import { createLog } from '../../../relay-server/log.ts'
import { createRelay, type Relay } from '../../../relay-server/relay.ts'
import { networkContract } from '../network.contract.ts'
import { newNetwork, reserved } from './fixture.ts'

describe('libp2p network', () => {
  let relay: Relay
  beforeAll(async () => {
    const config = readConfig({ file: JSON.stringify({ port: 0, httpPort: 0, identityFile: '' }) })
    if (!config.ok) throw new Error(String(config.facts['problems']))
    relay = await createRelay(
      config.value,
      createLog('error', () => {}),
    )
  })
  afterAll(() => relay.stop())

  networkContract({
    make: () => newNetwork(relay.addresses()),
    ready: (network) => reserved(network, 1),
  })
})
