import { mkdtemp, writeFile } from 'node:fs/promises'
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { describe, expect, it } from 'vitest'
import { metric, startRelay } from './fixture.ts'

const blocked = 'tabmesh_relay_refused_total{reason="address-blocked"}'
const portOf = (address: string): number => Number(/tcp\/(\d+)/.exec(address)![1])
const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
}

describe('behind a proxy', () => {
  it('the address is the last that was forwarded, where the proxy is trusted', async () => {
    const relay = await startRelay({ trustForwardedFor: true, blockedAddresses: ['203.0.113.9'] })
    await connectAs(relay.addresses()[0]!, '198.51.100.1, 203.0.113.9')
    await expect.poll(() => metric(relay, blocked)).toBe(1)
  })

  it('the header of a stranger counts for nothing', async () => {
    const relay = await startRelay({ trustForwardedFor: true, blockedAddresses: ['203.0.113.9'] })
    await connectAs(relay.addresses()[0]!, '203.0.113.9, 198.51.100.1')
    const untrusting = await startRelay({ blockedAddresses: ['203.0.113.9'] })
    await connectAs(untrusting.addresses()[0]!, '203.0.113.9')
    expect([await metric(relay, blocked), await metric(untrusting, blocked)]).toEqual([0, 0])
  })
})

it('a certificate and its key make it a WSS relay', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'relay-'))
  const pems = await generate([{ name: 'commonName', value: 'localhost' }])
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  await Promise.all([writeFile(certFile, pems.cert), writeFile(keyFile, pems.private)])
  const relay = await startRelay({ certFile, keyFile })
  expect(relay.addresses()[0]).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/tls\/ws\/p2p\//)
  const port = portOf(relay.addresses()[0]!)
  const answer = httpsRequest({ port, host: '127.0.0.1', rejectUnauthorized: false, headers: upgrade })
  expect(await upgraded(answer)).toBe(101)
})

async function connectAs(address: string, forwardedFor: string): Promise<void> {
  const headers = { ...upgrade, 'x-forwarded-for': forwardedFor }
  expect(await upgraded(httpRequest({ port: portOf(address), host: '127.0.0.1', headers }))).toBe(101)
}

function upgraded(request: ClientRequest): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request.on('error', reject)
    request.on('upgrade', (response: IncomingMessage, socket) => {
      resolve(response.statusCode)
      socket.destroy()
    })
    request.end()
  })
}
