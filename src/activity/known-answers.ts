import type { RuntimeKind } from './runtime-kind.ts'
import type { TaskInput, TaskLimits, TaskOutcome } from './task.ts'

/** A program of which everything is known before it runs: a machine that computes wrongly in good faith does not sell. */
export type KnownAnswer = {
  readonly runtime: RuntimeKind
  readonly bytes: Uint8Array
  readonly input: TaskInput
  readonly expected: { readonly fuel: bigint; readonly values?: readonly string[]; readonly stdout: string }
}

/** A page of memory and ten seconds are a thousand times what they take. */
export const knownAnswerLimits: TaskLimits = { memoryPages: 1, timeoutMs: 10_000, outputBytes: 65_536 }

const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const input: TaskInput = { args: [], env: {}, stdin: new Uint8Array(0), files: {} }

/** Their sources, and that these are their bytes: known-answers.test.ts. */
export const knownAnswers: readonly KnownAnswer[] = [
  {
    runtime: 'function',
    bytes: hex(
      `0061736d01000000010d0260017e017e60027e7c027e7c0303020001070a0106616e7377657200010a21021500200050047e4201052000
      200042017d10007e0b0b09002000100020019f0b`.replace(/\s/g, ''),
    ),
    input: { ...input, invoke: 'answer', params: ['25n', '2'] },
    expected: { fuel: 260n, values: ['7034535277573963776n', '1.4142135623730951'], stdout: '' },
  },
  {
    runtime: 'wasi-p1',
    bytes: hex(
      `0061736d0100000001160460000060017f0060047f7f7f7f017f60027f7f017f02230116776173695f736e617073686f745f7072657669
      6577310866645f77726974650002030201000503010001071302065f73746172740001066d656d6f727902000a0f010d00410141004101
      410810001a0b0b16020041000b0840000000020000000041c0000b026f6b`.replace(/\s/g, ''),
    ),
    input,
    expected: { fuel: 6n, stdout: 'ok' },
  },
]

/** KA1: whether the machine computed, counted and wrote what everybody computes, counts and writes. */
export function isAsKnown({ expected }: KnownAnswer, { status, values, stdout, usage }: TaskOutcome): boolean {
  const written = String.fromCharCode(...stdout.subarray(0, expected.stdout.length + 1))
  const isSame = (values ?? []).join() === (expected.values ?? []).join() && written === expected.stdout
  return status === 'ok' && isSame && usage.fuel === expected.fuel
}
