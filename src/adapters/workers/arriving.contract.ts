import { assemble, exportOf, functionType, i32Type } from '../../activity/assembler.ts'
import type { PreparedModule } from '../../activity/prepare.ts'
import type { Runtime } from '../../activity/runtime.ts'
import type { TaskLimits } from '../../activity/task.ts'
import { concatBytes } from '../../kernel/bytes.ts'
import { equal, type Given1, holds, input, limits, type Story, story } from './runtime.fixture.ts'

/** So long that it is read in several pieces: functions that add numbers, of which the program calls one. */
function longModule(): Uint8Array<ArrayBuffer> {
  const sum = { type: 1, code: [...Array.from({ length: 150 }, () => [0x41, 1, 0x41, 2, 0x6a, 0x1a]).flat(), 0x41, 7] }
  return assemble({
    types: [functionType([]), functionType([], [i32Type])],
    memories: [[1, 1, 1]],
    exports: [exportOf('_start', 'function', 0), exportOf('memory', 'memory', 0)],
    functions: [{ code: [0x10, 1, 0x1a] }, ...Array<typeof sum>(3_500).fill(sum)],
  })
}

/** Tells the runtime of it as a fetch would, and gives it whole at the end. */
async function brought(
  { runtime, wait }: Given1,
  { cid, bytes, part }: { cid: string; bytes: Uint8Array; part: Partial<TaskLimits> },
) {
  const module = { cid, runtime: 'wasi-p1', bytes }
  const arriving = runtime.arriving(module, { ...limits, ...part })
  for (let prefix = 0; prefix < bytes.length; prefix += 400_000) {
    arriving.grown(bytes, prefix)
    await wait(5)
  }
  const deployed = await runtime.deploy(module, { ...limits, ...part })
  arriving.end()
  return deployed
}
const whole = (runtime: Runtime, bytes: Uint8Array, part: Partial<TaskLimits>) =>
  runtime.deploy({ cid: 'whole', bytes, runtime: 'wasi-p1' }, { ...limits, ...part })

export const arrivingStories: readonly Story[] = [
  story(
    '[AR4] prepares a module that it read while it came as one that came whole, to the last byte',
    async (given) => {
      const bytes = longModule()
      for (const part of [{}, { seed: new Uint8Array(32) }]) {
        const [late, early] = [await whole(given.runtime, bytes, part), await brought(given, { cid: 'x', bytes, part })]
        if (!late.ok || !early.ok) throw new Error('not deployed')
        const [one, other] = [late.value.program, early.value.program] as [PreparedModule, PreparedModule]
        holds(
          one.bytes.length === other.bytes.length && one.bytes.every((byte, at) => byte === other.bytes[at]),
          'written alike',
        )
        const outcomes = [await given.runtime.run(late.value, input()), await given.runtime.run(early.value, input())]
        const [known, found] = outcomes.map(({ status, usage }) => [status, String(usage.fuel)])
        equal(found, known)
        equal(found?.[0], 'ok')
      }
    },
  ),

  story('[AR2] refuses a module that it read while it came as one that came whole', async (given) => {
    const bytes = longModule()
    const threads = bytes.slice().fill(0xfe, bytes.length - 200, bytes.length - 100)
    const torn = bytes.slice(0, bytes.length - 7)
    const behind = concatBytes([bytes, Uint8Array.of(1, 1, 0)])
    for (const [at, spoiled] of [threads, torn, behind].entries()) {
      const [late, early] = [
        await whole(given.runtime, spoiled, {}),
        await brought(given, { cid: `x${at}`, bytes: spoiled, part: {} }),
      ]
      equal([early.ok, early], [false, late])
    }
  }),
]
