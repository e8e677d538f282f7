import type { Runtime } from '../activity/runtime.ts'
import type { BreakingAttempt } from './api-sandbox.ts'

const nothing = { args: [], env: {}, stdin: new Uint8Array(0), files: {} }

/**
 * Runs every program of the hostile corpus in a sandbox of its own, one after the other, and tells how each ended. After each a harmless
 * one runs in the same place: what a hostile one left behind would show there.
 */
export async function* tryToBreak(openRuntime: () => Runtime): AsyncGenerator<BreakingAttempt> {
  const [{ hostileLimits, hostilePrograms, harmlessProgram }, runtime] = [
    await import('../activity/hostile.ts'),
    openRuntime(),
  ]
  try {
    const harmless = await runtime.deploy(
      { cid: 'harmless', bytes: harmlessProgram(), runtime: 'wasi-p1' },
      hostileLimits,
    )
    for (const { name, tries, bytes, ends } of hostilePrograms) {
      const began = performance.now()
      const deployed = await runtime.deploy({ cid: name, bytes: bytes(), runtime: 'wasi-p1' }, hostileLimits)
      const outcome = deployed.ok ? await runtime.run(deployed.value, nothing) : undefined
      const end = deployed.ok ? (outcome?.error?.code ?? 'harmless') : deployed.code
      const tookMs = performance.now() - began
      const after = harmless.ok ? await runtime.run(harmless.value, nothing) : undefined
      yield {
        name,
        tries,
        end,
        isRefused: !deployed.ok,
        isWithstood: ends.some((allowed) => allowed === end) && after?.status === 'ok',
        fuel: outcome?.usage.fuel ?? 0n,
        tookMs,
      }
    }
  } finally {
    await runtime.stop()
  }
}
