import { hostError } from '../../activity/host-abi.ts'
import { outboundLimits } from '../../activity/outbound.ts'
import { channelLimits } from '../../activity/outside.ts'
import { addAnchor, addCount, addLine } from './guest-remarks.ts'
import type { GuestState } from './guest-state.ts'

const utf8 = new TextEncoder()
/** Names and CIDs are ASCII: whatever is not becomes a character that no name has. */
const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes)
/** The longest name that anything here has: a CID. */
const mostNameBytes = 128
/** Of one read: more is asked for in several, as with any file. */
const mostReadBytes = 1_048_576

type AbiCall = (...values: never[]) => number | bigint | Promise<number>

/** The functions of `tabmesh_1`: pointers and lengths come unsigned; one outside the memory is a RangeError. */
export function abiCalls(state: GuestState): Readonly<Record<string, AbiCall>> {
  const bytesAt = (at: number, length: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array((state.wasi.inst.exports.memory as WebAssembly.Memory).buffer as ArrayBuffer, at, length)
  const nameAt = (at: number, length: number): string | undefined =>
    length > mostNameBytes ? undefined : ascii(bytesAt(at, length))
  const put = (bytes: Uint8Array, at: number): number => {
    bytesAt(at, bytes.length).set(bytes)
    return bytes.length
  }
  const [stdin, stdout] = state.wasi.fds
  return {
    job_id(at: number, most: number) {
      const name = utf8.encode(state.place.job)
      put(name.subarray(0, most), at)
      return name.length
    },
    task_index: () => state.place.index,
    input_read(at: number, most: number) {
      const length = Math.min(most, mostReadBytes)
      const into = bytesAt(at, length)
      const { ret, data } = stdin!.fd_read(length)
      if (ret !== 0) return hostError.absent
      into.set(data)
      return data.length
    },
    output_write(at: number, length: number) {
      const { ret, nwritten } = stdout!.fd_write(bytesAt(at, length).slice())
      return ret === 0 ? nwritten : hostError.absent
    },
    log: (level: number, at: number, length: number) => addLine(state.remarks, level, bytesAt(at, length)),
    progress(permille: number) {
      if (permille > 1_000) return hostError.invalid
      state.progress(permille)
      return 0
    },
    count(at: number, length: number, amount: bigint) {
      const name = nameAt(at, length)
      return name === undefined ? hostError.invalid : addCount(state.remarks, name, BigInt.asUintN(64, amount))
    },
    content_find(at: number, length: number) {
      const name = nameAt(at, length)
      const which = state.contents.findIndex(({ cid }) => cid === name)
      return which < 0 ? hostError.absent : which
    },
    content_length: (which: number) => BigInt(state.contents[which]?.bytes.length ?? hostError.absent),
    content_read(which: number, offset: bigint, at: number, most: number) {
      const bytes = state.contents[which]?.bytes
      if (!bytes) return hostError.absent
      const from = Number(BigInt.asUintN(64, offset))
      return put(bytes.subarray(from, from + Math.min(most, mostReadBytes)), at)
    },
    anchor: (at: number, length: number) => addAnchor(state.remarks, bytesAt(at, length)),
    http_request(at: number, length: number) {
      if (length > outboundLimits.requestBytes) return hostError.overLimit
      const request = bytesAt(at, length).slice()
      return state.reach ? state.reach.request(request) : hostError.notAllowed
    },
    channel_send(to: number, at: number, length: number, how: number) {
      if (length > channelLimits.messageBytes) return hostError.overLimit
      if (how > 1) return hostError.invalid
      const bytes = bytesAt(at, length).slice()
      return state.reach ? state.reach.send(to, bytes, how === 1) : hostError.notAllowed
    },
    channel_receive(at: number, most: number, waitMs: number) {
      bytesAt(at, Math.min(most, channelLimits.messageBytes))
      const putSome = (bytes: Uint8Array): void => void put(bytes.subarray(0, most), at)
      return state.reach
        ? state.reach.receive(Math.min(waitMs, channelLimits.receiveMs), putSome)
        : hostError.notAllowed
    },
    channel_from: () => state.reach?.from() ?? hostError.absent,
    http_type(at: number, most: number) {
      const type = state.reach?.type()
      return type ? put(type.subarray(0, most), at) : hostError.absent
    },
    http_read: (at: number, most: number) =>
      state.reach ? state.reach.read((length) => bytesAt(at, length), Math.min(most, mostReadBytes)) : hostError.absent,
  } satisfies Record<string, AbiCall>
}
