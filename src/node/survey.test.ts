import { describe, expect, it } from 'vitest'
import { aJob, someSpec } from '../activity/job.examples.ts'
import { capabilitiesFor } from './survey.ts'

describe('what a job asks of a runtime', () => {
  it('[SV2] is nothing beyond being run, unless its fuel is limited or somebody types into it', () => {
    expect(capabilitiesFor(aJob())).toEqual([])
    const limits = { ...someSpec.limits, fuel: 1_000n }
    expect(capabilitiesFor(aJob({ spec: { ...someSpec, limits } }))).toEqual(['fuel'])
    expect(capabilitiesFor(aJob({ spec: { ...someSpec, isInteractive: true } }))).toEqual(['interactive'])
  })
})
