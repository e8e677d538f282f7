import type { Machine } from './offer-facts.ts'

/** A quarter of what the browser admits to: a visitor's machine has other things to do. */
export const lentShare = 4
/** Browsers without `deviceMemory` run on machines with at least this. */
const cautiousGib = 4
/** A module that is valid only where 128-bit SIMD is: one function, `v128.const` dropped. */
const simdProbe = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11,
])

/** What this machine is, as far as it tells: cores, memory, storage, and how fast a thread counts. */
export async function machineOf(): Promise<Machine> {
  const browser = globalThis.navigator as Navigator & { deviceMemory?: number }
  const estimate = await browser.storage?.estimate?.().catch(() => undefined)
  return {
    cores: browser.hardwareConcurrency ?? 1,
    memoryMb: ((browser.deviceMemory ?? cautiousGib) * 1_024) / lentShare,
    storageMb: Math.min(1_024, Math.floor((estimate?.quota ?? 0) / 1_048_576 / lentShare)),
    wasmFeatures: wasmFeatures(),
    benchmark: stepsPerMicrosecond(),
    canWaitForInput: 'Suspending' in WebAssembly,
  }
}

/** What every engine of the last years has, and what this one was asked about. */
export const wasmFeatures = (): string[] => [
  'bulk-memory',
  'mutable-globals',
  'sign-extension',
  ...(WebAssembly.validate(simdProbe) ? ['simd128'] : []),
]

/** Millions of xorshift steps a second of one thread, over five milliseconds: enough to tell a phone from a desktop. */
export function stepsPerMicrosecond(): number {
  const until = performance.now() + 5
  let state = 1
  let steps = 0
  while (performance.now() < until) {
    for (let i = 0; i < 10_000; i++) {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
    }
    steps += 10_000
  }
  return Math.max(1, Math.round((steps + (state === 0 ? 1 : 0)) / 5_000))
}
