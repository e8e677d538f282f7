import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { agreementMachine } from './agreement.ts'
import { diagramOf, diagramsIn } from './diagram.examples.ts'
import { negotiationMachine } from './negotiation.ts'

describe('the diagrams of the specification', () => {
  it('[PR1] [AG1] are what the tables say', () => {
    const spec = readFileSync(new URL('./SPEC.md', import.meta.url), 'utf8')
    expect(diagramsIn(spec)).toEqual([diagramOf(negotiationMachine), diagramOf(agreementMachine)])
  })

  it('[AG1] would differ if a transition were lost', () => {
    const { rejected: _, ...fewer } = agreementMachine.table
    expect(diagramOf({ ...agreementMachine, table: fewer })).not.toBe(diagramOf(agreementMachine))
  })
})
