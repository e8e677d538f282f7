import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { diagramOf, diagramsIn } from '../market/diagram.examples.ts'
import { activityMachine } from './activity.ts'
import { jobMachine } from './job-status.ts'
import { workflowMachine } from './workflow.ts'

describe('the diagrams of the specification', () => {
  it('[JB1] [AV1] [WF3] are what the tables say', () => {
    const spec = readFileSync(new URL('./SPEC.md', import.meta.url), 'utf8')
    expect(diagramsIn(spec)).toEqual([diagramOf(jobMachine), diagramOf(activityMachine), diagramOf(workflowMachine)])
  })
})
