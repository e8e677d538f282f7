import { availableParallelism, totalmem } from 'node:os'
import { lentShare, stepsPerMicrosecond, wasmFeatures } from './machine.ts'
import type { Machine } from './offer-facts.ts'

/** What this machine is, as its operating system tells. Storage is memory here, so it is what the quota leaves to others. */
export const nodeMachine = (quotaBytes: number): Machine => ({
  cores: availableParallelism(),
  memoryMb: Math.floor(totalmem() / 1_048_576 / lentShare),
  storageMb: Math.floor(quotaBytes / 1_048_576 / lentShare),
  wasmFeatures: wasmFeatures(),
  benchmark: stepsPerMicrosecond(),
  canWaitForInput: true,
})
