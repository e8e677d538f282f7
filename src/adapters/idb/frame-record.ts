import type { TaskInput } from '../../activity/task.ts'
import { decodeFrame, encode } from '../../wire/codec.ts'
import { StorageFailure, type StoredResult } from '../storage.port.ts'
import type { FrameRecord } from './database.ts'

/** DAG-CBOR and not a structured clone: the browser would store the whole buffer behind every view, and reads it slower. */
export const frameOf = (values: readonly unknown[]): FrameRecord => ({ count: values.length, bytes: encode(values) })
export const tasksIn = (frame: FrameRecord): readonly TaskInput[] => valuesIn<TaskInput>(frame)

/** DAG-CBOR gives a small integer as a number. */
export const resultsIn = (frame: FrameRecord): readonly StoredResult[] =>
  valuesIn<StoredResult>(frame).map(({ fuel, hostUnits, custom, commands, ...result }) => ({
    ...result,
    ...(fuel !== undefined && { fuel: BigInt(fuel) }),
    ...(hostUnits !== undefined && { hostUnits: BigInt(hostUnits) }),
    ...(commands && { commands: commands.map((one) => ({ ...one, fuel: BigInt(one.fuel) })) }),
    ...(custom && { custom: Object.fromEntries(Object.entries(custom).map(([name, one]) => [name, BigInt(one)])) }),
  }))

function valuesIn<T>(frame: FrameRecord): readonly T[] {
  const values = decodeFrame(frame.bytes)
  if (!values.ok) throw new StorageFailure('storage-broken', 'A stored frame does not decode', { cause: values.facts })
  return values.value as readonly T[]
}
