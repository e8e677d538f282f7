import type { Page } from 'playwright'

/** A data channel between two pages with nothing of ours around it. */
export type BareChannel = {
  /** Round trips of 1 KiB, one after the other, in milliseconds. */
  roundTrips(count: number): Promise<number[]>
  /** Sends so many bytes in messages of 256 KiB; the time until the other side said that it has all, in milliseconds. */
  sendMs(sizeBytes: number): Promise<number>
}

declare global {
  var bareChannel: BareChannel | undefined
  var barePeer: RTCPeerConnection | undefined
}

/** Connects two pages by a data channel; the first has `bareChannel` then. Signalling goes by hand, once all candidates are known. */
export async function connectBare(from: Page, to: Page): Promise<void> {
  const offer = await from.evaluate(offerBare)
  const answer = await to.evaluate(answerBare, offer)
  await from.evaluate(acceptBare, answer)
}

async function offerBare(): Promise<string> {
  const peer = new RTCPeerConnection()
  globalThis.barePeer = peer
  const messageBytes = 256 * 1024
  const highWaterBytes = 4 * 1024 * 1024 // enough that the line never waits for this page
  const channel = peer.createDataChannel('bare')
  channel.binaryType = 'arraybuffer'
  channel.bufferedAmountLowThreshold = highWaterBytes / 2
  const answered = (): Promise<void> =>
    new Promise((resolve) => channel.addEventListener('message', () => resolve(), { once: true }))
  const drained = (): Promise<void> =>
    new Promise((resolve) => channel.addEventListener('bufferedamountlow', () => resolve(), { once: true }))

  globalThis.bareChannel = {
    async roundTrips(count) {
      const took: number[] = []
      const word = new Uint8Array(1_024)
      for (let i = 0; i < count; i++) {
        const from = performance.now()
        const answer = answered()
        channel.send(word)
        await answer
        took.push(performance.now() - from)
      }
      return took
    },
    async sendMs(sizeBytes) {
      const message = new Uint8Array(messageBytes)
      const isComplete = answered()
      const from = performance.now()
      channel.send(JSON.stringify({ sizeBytes }))
      for (let sent = 0; sent < sizeBytes; sent += messageBytes) {
        if (channel.bufferedAmount > highWaterBytes) await drained()
        channel.send(message.subarray(0, Math.min(messageBytes, sizeBytes - sent)))
      }
      await isComplete
      return performance.now() - from
    },
  }
  await peer.setLocalDescription()
  while (peer.iceGatheringState !== 'complete')
    await new Promise((resolve) => peer.addEventListener('icegatheringstatechange', resolve, { once: true }))
  return JSON.stringify(peer.localDescription)
}

async function answerBare(offer: string): Promise<string> {
  const peer = new RTCPeerConnection()
  globalThis.barePeer = peer
  peer.ondatachannel = ({ channel }) => {
    channel.binaryType = 'arraybuffer'
    let missing = 0
    channel.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === 'string') {
        missing = JSON.parse(data).sizeBytes
        return
      }
      if (missing === 0) return channel.send(data)
      missing -= data.byteLength
      if (missing <= 0) channel.send('complete')
    }
  }
  await peer.setRemoteDescription(JSON.parse(offer))
  await peer.setLocalDescription()
  while (peer.iceGatheringState !== 'complete')
    await new Promise((resolve) => peer.addEventListener('icegatheringstatechange', resolve, { once: true }))
  return JSON.stringify(peer.localDescription)
}

async function acceptBare(answer: string): Promise<void> {
  const peer = globalThis.barePeer
  await peer?.setRemoteDescription(JSON.parse(answer))
  while (peer?.sctp?.state !== 'connected') await new Promise((resolve) => setTimeout(resolve, 10))
  await globalThis.bareChannel?.roundTrips(1)
}
