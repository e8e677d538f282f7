import type { Page } from 'playwright'

/** A data channel between two pages with nothing of ours around it. */
export type BareChannel = {
  /** Round trips of 1 KiB, one after the other, in milliseconds. */
  roundTrips(count: number): Promise<number[]>
  /** Sends so many bytes in messages of 256 KiB; the time until the other side said that it has all, in milliseconds. */
  sendMs(sizeBytes: number): Promise<number>
  /** Round trips over a second channel beside that, one after the other until it is over, in milliseconds. */
  tripsWhileSending(sizeBytes: number): Promise<number[]>
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
  const beside = peer.createDataChannel('beside')
  const answered = (over = channel): Promise<void> =>
    new Promise((resolve) => over.addEventListener('message', () => resolve(), { once: true }))
  const drained = (): Promise<void> =>
    new Promise((resolve) => channel.addEventListener('bufferedamountlow', () => resolve(), { once: true }))

  const trip = async (over: RTCDataChannel, word: Uint8Array<ArrayBuffer>): Promise<number> => {
    const from = performance.now()
    const answer = answered(over)
    over.send(word)
    await answer
    return performance.now() - from
  }
  const bare: BareChannel = {
    async roundTrips(count) {
      const took: number[] = []
      const word = new Uint8Array(1_024)
      for (let i = 0; i < count; i++) took.push(await trip(channel, word))
      return took
    },
    async tripsWhileSending(sizeBytes) {
      const took: number[] = []
      let isSending = true
      const sending = bare.sendMs(sizeBytes).then(() => {
        isSending = false
      })
      while (isSending) took.push(await trip(beside, new Uint8Array(5)))
      await sending
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
  globalThis.bareChannel = bare
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
