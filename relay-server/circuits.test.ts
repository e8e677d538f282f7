import type { Connection, Stream } from '@libp2p/interface'
import { describe, expect, it } from 'vitest'
import { circuitAddress, metric, startNode, startRelay, startReserved, type TestNode } from './fixture.ts'

const protocol = '/test/sink/1'
const overLimited = { runOnLimitedConnection: true }

describe('a circuit', () => {
  it('carries what one side sends, whole and in order, and counts it', async () => {
    const relay = await startRelay()
    const callee = await startReserved(relay)
    const received = collect(callee)
    const sent = pattern(4 * 1024 * 1024)
    const connection = await call(await startNode(), callee)
    await sendAll(await connection.newStream(protocol, overLimited), sent)
    expect(Buffer.compare(await received, sent)).toBe(0)
    expect(await metric(relay, 'tabmesh_relay_relayed_bytes_total')).toBeGreaterThan(sent.length)
    expect(await metric(relay, 'tabmesh_relay_circuits')).toBe(1)
    await connection.close()
    await expect.poll(() => metric(relay, 'tabmesh_relay_circuits')).toBe(0)
  })

  it('ends when its data budget is used up', async () => {
    const relay = await startRelay({ circuitBytes: 256 * 1024 })
    const callee = await startReserved(relay)
    collect(callee).catch(() => undefined)
    const connection = await call(await startNode(), callee)
    const closed = new Promise((resolve) => connection.addEventListener('close', resolve, { once: true }))
    await sendAll(await connection.newStream(protocol, overLimited), pattern(1024 * 1024)).catch(() => undefined)
    await closed
  })

  it('obeys the cap on bandwidth without losing a byte', async () => {
    const bytesPerSecond = 1024 * 1024
    const relay = await startRelay({ bytesPerSecond })
    const callee = await startReserved(relay)
    const received = collect(callee)
    const connection = await call(await startNode(), callee)
    const sent = pattern(3 * bytesPerSecond)
    const startedAt = performance.now()
    await sendAll(await connection.newStream(protocol, overLimited), sent)
    expect(Buffer.compare(await received, sent)).toBe(0)
    // One second's worth may go at once, and the last window is on its way before it is owed.
    expect(performance.now() - startedAt).toBeGreaterThan(900)
  })

  it('delivers everything to a receiver that pauses in between', async () => {
    const relay = await startRelay()
    const callee = await startReserved(relay)
    const paused = new Promise<Stream>((resolve) => {
      const pause = (stream: Stream): void => {
        stream.pause()
        resolve(stream)
      }
      callee.handle(protocol, pause, overLimited)
    })
    const connection = await call(await startNode(), callee)
    const sent = pattern(16 * 1024 * 1024)
    const sending = sendAll(await connection.newStream(protocol, overLimited), sent)
    const slow = await paused
    let received = 0
    const all = new Promise<void>((resolve) => {
      slow.addEventListener('message', ({ data }) => {
        received += data.byteLength
        if (received === sent.length) resolve()
      })
    })
    await expect.poll(() => slow.readBufferLength).toBeGreaterThan(0)
    slow.resume()
    await Promise.all([sending, all])
    expect(received).toBe(sent.length)
  })

  it('is refused to a peer that holds too many, and the refusal is counted', async () => {
    const relay = await startRelay({ circuitsPerPeer: 1 })
    const callees = [await startReserved(relay), await startReserved(relay)]
    const caller = await startNode()
    await call(caller, callees[0]!)
    await expect(call(caller, callees[1]!)).rejects.toThrow()
    expect(await metric(relay, 'tabmesh_relay_refused_total{reason="too-many-circuits-of-peer"}')).toBe(1)
  })
})

const call = (caller: TestNode, callee: TestNode): Promise<Connection> => caller.dial(circuitAddress(callee)!)

const pattern = (length: number): Buffer =>
  Buffer.alloc(
    length,
    Uint8Array.from({ length: 251 }, (_, at) => at),
  )

async function sendAll(stream: Stream, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; at += 65_536) {
    if (stream.send(bytes.subarray(at, at + 65_536))) continue
    await new Promise<void>((resolve, reject) => {
      stream.addEventListener('drain', () => resolve(), { once: true })
      stream.addEventListener('close', () => reject(new Error('closed')), { once: true })
    })
  }
  await stream.close()
}

function collect(node: TestNode): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = []
    node.handle(
      protocol,
      (stream) => {
        stream.addEventListener('message', ({ data }) => void parts.push(data.subarray()))
        stream.addEventListener('remoteCloseWrite', () => resolve(Buffer.concat(parts)))
        stream.addEventListener('close', () => reject(new Error('closed before the end')))
      },
      overLimited,
    )
  })
}
