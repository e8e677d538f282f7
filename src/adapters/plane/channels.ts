import { readChannelFrame } from '../../activity/frames.ts'
import type { ChannelFrame } from '../../activity/messages.ts'
import { type Answer, type Ask, channelLimits, type Message, none } from '../../activity/outside.ts'
import { didOfPeerId, peerIdOfDid } from '../../identity/did.ts'
import type { Cid } from '../../wire/cid.ts'
import { encode } from '../../wire/codec.ts'
import type { Did, PeerId } from '../../wire/schema.ts'
import type { FrameStream } from '../network.port.ts'
import { createInbox, type Inbox, waitFor } from './inbox.ts'
import { createLine, type Line } from './line.ts'

/** What a task has of its job's channels. */
export type TaskChannel = { answer(ask: Ask): Promise<Answer>; end(): void }
/** A job's channels at one provider, as one activity has them. */
export type Channels = {
  /** The requestor says which task is where. */
  told(places: readonly { readonly index: number; readonly provider: Did }[]): void
  begin(index: number): TaskChannel
  leave(): void
}

/** One job of one requestor: a stranger who names the same job is in another room. */
type Room = {
  readonly requestor: Did
  readonly job: Cid
  readonly activities: Set<Cid>
  places: ReadonlyMap<number, Did>
  readonly lookers: Set<() => void>
  readonly inboxes: Map<number, Inbox>
  readonly lines: Map<Did, Line>
  readonly streams: Set<FrameStream>
}

/** Two providers hear from the requestor one after the other: whoever was told sooner waits so long for the other. */
const sooner = 5_000
/** Messages of one peer that wait for room: its tasks stand still meanwhile, so there is one of each. */
const mostPending = channelLimits.tasks
/** Streams of whoever asks for a job that is not known here yet. */
const mostAtTheDoor = 64

/** The tasks of one job that run here, and whoever they speak to: here, or at other providers over streams of their own. */
export function createRooms(ports: {
  readonly me: Did
  open(peer: PeerId): Promise<FrameStream>
  /** Told how many bytes went to others or came from them. */
  moved(bytes: number): void
}) {
  const rooms = new Map<string, Room>()
  const entered = new Set<() => void>()
  const keyOf = (requestor: Did, job: Cid): string => `${requestor} ${job}`

  function enter({ requestor, job, activity }: { requestor: Did; job: Cid; activity: Cid }): Channels {
    const key = keyOf(requestor, job)
    const room: Room = rooms.get(key) ?? {
      requestor,
      job,
      activities: new Set(),
      places: new Map(),
      lookers: new Set(),
      inboxes: new Map(),
      lines: new Map(),
      streams: new Set(),
    }
    rooms.set(key, room)
    room.activities.add(activity)
    for (const look of [...entered]) look()
    return {
      told(places) {
        room.places = new Map(places.map(({ index, provider }) => [index, provider]))
        for (const look of [...room.lookers]) look()
      },
      begin: (index) => taskIn(room, index),
      leave() {
        room.activities.delete(activity)
        if (room.activities.size > 0) return
        rooms.delete(key)
        for (const inbox of room.inboxes.values()) inbox.end()
        for (const line of room.lines.values()) line.end()
        for (const stream of room.streams) stream.abort('over')
      },
    }
  }

  function taskIn(room: Room, from: number): TaskChannel {
    const own = inboxOf(room, from)
    return {
      async answer(ask) {
        if (ask.kind === 'receive') {
          const message = await own.take(Math.min(ask.waitMs, channelLimits.receiveMs))
          return message ? { kind: 'message', ...message } : none('absent')
        }
        if (ask.kind !== 'send') return none('notAllowed')
        if (ask.bytes.length > channelLimits.messageBytes) return none('overLimit')
        return send(room, { from, bytes: ask.bytes }, ask)
      },
      end() {
        own.end()
        if (room.inboxes.get(from) === own) room.inboxes.delete(from)
      },
    }
  }

  async function send(room: Room, message: Message, { to, mayDrop }: Extract<Ask, { kind: 'send' }>): Promise<Answer> {
    const place = () => room.places.get(to)
    const where = mayDrop ? place() : await waitFor(room.lookers, place, channelLimits.patienceMs)
    if (where === undefined) return none('absent')
    if (where === ports.me) {
      if (mayDrop) inboxOf(room, to).squeeze(message)
      else if (!(await inboxOf(room, to).put(message, channelLimits.patienceMs))) return none('failed')
      return { kind: 'sent' }
    }
    const line = lineTo(room, where)
    ports.moved(message.bytes.length)
    if (mayDrop) line.toss({ ...message, to })
    else if (!(await line.send({ ...message, to }))) return none('failed')
    return { kind: 'sent' }
  }

  function lineTo(room: Room, provider: Did): Line {
    const known = room.lines.get(provider)
    if (known && !known.isOld()) return known
    const { requestor, job } = room
    const line = createLine(async () => {
      const peer = peerIdOfDid(provider)
      if (!peer) throw new Error('no name of a peer')
      const stream = await ports.open(peer)
      await stream.send(encode({ type: 'enter', requestor, job } satisfies ChannelFrame))
      return stream
    })
    room.lines.set(provider, line)
    return line
  }

  /** Takes what another provider's tasks say. Resolves when the stream is over; never rejects. */
  async function serve(stream: FrameStream): Promise<void> {
    const peer = didOfPeerId(stream.peerId)
    let room: Room | undefined
    let pending = 0
    try {
      for await (const bytes of stream.frames) {
        ports.moved(bytes.length)
        const frame = readChannelFrame(bytes)
        if (!frame.ok) return stream.abort('malformed')
        if (frame.value.type === 'enter') {
          if (room || entered.size >= mostAtTheDoor) return stream.abort('not-here')
          const { requestor, job } = frame.value
          room = await waitFor(entered, () => rooms.get(keyOf(requestor, job as Cid)), sooner)
          if (!room || !peer || room.streams.size >= channelLimits.tasks) return stream.abort('not-here')
          room.streams.add(stream)
          continue
        }
        if (!room || !peer || frame.value.type !== 'message') return stream.abort('not-allowed')
        const { from, to, id, bytes: content } = frame.value
        const isAsSaid = await placed(room, { from, to }, peer)
        if (!isAsSaid && id === undefined) continue
        if (pending >= mostPending) return stream.abort('too-many')
        const message = { from, bytes: content }
        if (id === undefined) inboxOf(room, to).squeeze(message)
        else {
          pending += 1
          const isTaken = isAsSaid && inboxOf(room, to).put(message, channelLimits.patienceMs)
          void Promise.resolve(isTaken)
            .then((isThere) => stream.send(encode({ type: 'taken', id, isThere } satisfies ChannelFrame)))
            .catch(() => {})
            .finally(() => {
              pending -= 1
            })
        }
      }
    } catch {
      // It broke: whoever waits for a word about a message hears that there is none.
    } finally {
      room?.streams.delete(stream)
    }
  }

  /** Whether the requestor says that one task is at that peer, and the other here. */
  async function placed(room: Room, { from, to }: { from: number; to: number }, peer: Did): Promise<boolean> {
    const isSo = (): true | undefined =>
      (room.places.get(from) === peer && room.places.get(to) === ports.me) || undefined
    return (await waitFor(room.lookers, isSo, sooner)) ?? false
  }

  return { enter, serve }
}

function inboxOf({ inboxes }: Room, index: number): Inbox {
  const inbox = inboxes.get(index) ?? createInbox()
  inboxes.set(index, inbox)
  return inbox
}
