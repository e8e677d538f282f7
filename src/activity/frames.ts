import * as v from 'valibot'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { decodeFrame, encode } from '../wire/codec.ts'
import { check, type Infer, type Schema } from '../wire/schema.ts'
import {
  type ChannelFrame,
  channelFrame,
  providerFrame,
  requestorFrame,
  type WireResult,
  type WireTask,
} from './messages.ts'
import type { Command, CommandResult } from './script.ts'
import type { TaskErrorCode, TaskInput, TaskOutcome } from './task.ts'

const fromRequestor = v.variant('type', [
  requestorFrame.seal,
  requestorFrame.open,
  requestorFrame.run,
  requestorFrame.ack,
  requestorFrame.recall,
  requestorFrame.terminate,
  requestorFrame.input,
  requestorFrame.credit,
  requestorFrame.places,
  requestorFrame.closed,
  requestorFrame.attest,
])
const fromProvider = v.variant('type', [
  providerFrame.state,
  providerFrame.progress,
  providerFrame.results,
  providerFrame.returned,
  providerFrame.output,
  providerFrame.awaiting,
  providerFrame.usage,
  providerFrame.committed,
  providerFrame.attested,
])
const fromChannel = v.variant('type', [channelFrame.enter, channelFrame.message, channelFrame.taken])
export type RequestorFrame = Infer<typeof fromRequestor>
export type ProviderFrame = Infer<typeof fromProvider>

/** The code of a provider that holds tasks and computes on when it is paid: it gives none of them back. */
export const notPaid = 'not-paid'
export const asksForPay = (frame: ProviderFrame): boolean => frame.type === 'returned' && frame.code === notPaid

export type FrameOf<Type extends (RequestorFrame | ProviderFrame)['type']> = Extract<
  RequestorFrame | ProviderFrame,
  { type: Type }
>

export const encodeFrame = (frame: RequestorFrame | ProviderFrame): Uint8Array => encode(frame)
export const readRequestorFrame = (bytes: Uint8Array): Result<RequestorFrame, 'malformed'> => read(fromRequestor, bytes)
export const readProviderFrame = (bytes: Uint8Array): Result<ProviderFrame, 'malformed'> => read(fromProvider, bytes)
export const readChannelFrame = (bytes: Uint8Array): Result<ChannelFrame, 'malformed'> => read(fromChannel, bytes)

function read<T>(schema: Schema<T>, bytes: Uint8Array): Result<T, 'malformed'> {
  const decoded = decodeFrame(bytes)
  return decoded.ok ? check(schema, decoded.value) : decoded
}

/** Exit codes are unsigned; that of a program that never came to exit is −1 here and 2³² on the wire. */
const noExit = 2 ** 32

export function taskToWire(index: number, { args, params, script, isInputEnded: _, ...input }: TaskInput): WireTask {
  const told = { ...(params && { params: [...params] }), ...(script && { script: script.map(commandToWire) }) }
  return { ...input, index, args: [...args], ...told }
}

function commandToWire(command: Command): NonNullable<WireTask['script']>[number] {
  if (command.type !== 'run' && command.type !== 'start') return command
  const args = command.args && [...command.args]
  return command.type === 'start'
    ? { ...command, args }
    : { ...command, args, params: command.params && [...command.params] }
}

export function toWire(index: number, outcome: TaskOutcome): WireResult {
  const { status, exitCode, stdout, stderr, files, values, log, anchors, commands, usage, error } = outcome
  return {
    index,
    status,
    exitCode: exitToWire(exitCode),
    stdout,
    stderr,
    files,
    durationUs: usage.durationUs,
    memoryBytes: usage.memoryBytes,
    fuel: usage.fuel,
    ...(usage.waitedUs !== undefined && { waitedUs: usage.waitedUs }),
    ...(outcome.readBytes !== undefined && { readBytes: outcome.readBytes }),
    ...(usage.hostUnits !== undefined && { hostUnits: usage.hostUnits }),
    ...(log && { log }),
    ...(anchors && { anchors: [...anchors] }),
    ...(usage.custom && { custom: usage.custom }),
    ...(values && { values: [...values] }),
    ...(commands && { commands: commands.map(resultToWire) }),
    ...(error && { error: { code: error.code, message: error.message.slice(0, 512) } }),
  }
}
const resultToWire = ({ exitCode, values, message, ...result }: CommandResult) => ({
  ...result,
  exitCode: exitToWire(exitCode),
  message: message.slice(0, 512),
  ...(values && { values: [...values] }),
})
const exitToWire = (exitCode: number): number => (exitCode < 0 ? noExit : exitCode)
export const exitCodeOf = ({ exitCode }: Pick<WireResult, 'exitCode'>): number => (exitCode === noExit ? -1 : exitCode)

/** Codes that say nothing about the task: somebody else may have better luck. */
const again: ReadonlySet<string> = new Set<TaskErrorCode>([
  'stopped',
  'queue-full',
  'content-missing',
  'worker-lost',
  'start-failed',
  'memory-not-given',
])
/** Codes that another provider must confirm before they are believed. */
const doubtful: ReadonlySet<string> = new Set<TaskErrorCode>([
  'trapped',
  'out-of-fuel',
  'out-of-host-units',
  'stack-overflow',
  'memory-over-limit',
  'output-over-limit',
  'timed-out',
  'input-not-allowed',
  'transfer-failed',
])

export function verdictOf({
  status,
  error,
}: Pick<WireResult, 'status' | 'error'>): 'ok' | 'failed' | 'trapped' | 'again' {
  if (status === 'ok') return 'ok'
  if (error && again.has(error.code)) return 'again'
  return error && doubtful.has(error.code) ? 'trapped' : 'failed'
}

/** Cuts a list into parts of at most `mostBytes` and `most` items; one item larger than that is a part of its own. */
export function parts<T>(
  items: readonly T[],
  sizeOf: (item: T) => number,
  { mostBytes, most }: { mostBytes: number; most: number },
): T[][] {
  const all: T[][] = []
  let sizeBytes = 0
  for (const item of items) {
    const size = sizeOf(item)
    const last = all.at(-1)
    if (last && last.length < most && sizeBytes + size <= mostBytes) {
      last.push(item)
      sizeBytes += size
    } else {
      all.push([item])
      sizeBytes = size
    }
  }
  return all
}

type Bulky = {
  readonly type?: string
  readonly stdin?: Uint8Array | undefined
  readonly stdout?: Uint8Array
  readonly stderr?: Uint8Array
  readonly content?: Uint8Array | undefined
  readonly log?: Uint8Array | undefined
  readonly anchors?: readonly Uint8Array[] | undefined
  readonly files?: Readonly<Record<string, Uint8Array>>
  readonly params?: readonly string[] | undefined
  readonly values?: readonly string[] | undefined
}
export const sizeOfBytes = (
  one: Bulky & { readonly script?: readonly Bulky[] | undefined; readonly commands?: readonly Bulky[] | undefined },
): number =>
  [one, ...(one.script ?? []), ...(one.commands ?? [])].reduce((sum, part: Bulky) => sum + sizeOfPart(part), 0)

const sizeOfPart = (one: Bulky): number =>
  [
    one.stdin,
    one.stdout,
    one.stderr,
    one.content,
    one.log,
    ...(one.anchors ?? []),
    ...Object.values(one.files ?? {}),
  ].reduce((sum, part) => sum + (part?.length ?? 0), 64 + textBytes(one.params) + textBytes(one.values))

/** A letter of a text takes three bytes at most. */
const textBytes = (texts: readonly string[] = []): number => texts.reduce((sum, text) => sum + 3 * text.length, 0)

/** A task that no frame can carry is refused before it is stored. */
export function fitsFrame(sizeBytes: number, mostBytes: number): Result<void, 'input-too-large'> {
  return sizeBytes <= mostBytes ? ok(undefined) : refuse('input-too-large', { sizeBytes, mostBytes })
}
