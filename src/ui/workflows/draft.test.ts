import { describe, expect, it } from 'vitest'
import { type Draft, emptyDraft, exampleDraft, newInput, newStage, nodesOf, whyNot } from './draft.ts'

const { path } = { path: '/jobs/words.wasm' }
const draft = (told: Partial<Draft>): Draft => ({ ...emptyDraft(), ...told })

describe('a workflow put together by hand', () => {
  it('can be run as the example stands, and shows who reads whom', () => {
    expect(whyNot(exampleDraft())).toBeUndefined()
    expect(nodesOf(exampleDraft()).map(({ id, after, reads }) => [id, ...after, ...reads])).toEqual([
      ['count', 'moby-dick.txt'],
      ['group', 'count'],
      ['commonest', 'group'],
      ['whales', 'moby-dick.txt'],
      ['beside', 'whales'],
      ['neighbours', 'beside'],
    ])
  })

  it('says what it lacks, in words while it is being filled in and by its code where it is wrong', () => {
    expect(whyNot(emptyDraft())).toEqual({ words: 'Choose a program for first.' })
    expect(whyNot(draft({ stages: [newStage({ id: 'a', program: { file: new File([], 'none') } })] }))).toEqual({
      words: 'Choose a program for a.',
    })
    expect(whyNot(draft({ stages: [newStage({ id: 'a', program: { path } })] }))).toEqual({
      words: 'Say what a reads, or take the input away.',
    })
    expect(whyNot(draft({ stages: [] }))).toMatchObject({ code: 'workflow-empty' })
    const round = (id: string, source: string) =>
      newStage({ id, program: { path }, inputs: [newInput({ source: `stage:${source}` })] })
    expect(whyNot(draft({ stages: [round('a', 'b'), round('b', 'a')] }))).toMatchObject({
      code: 'workflow-cycle',
      facts: { stages: 'a → b → a' },
    })
  })

  it('gives a stage without inputs one task', () => {
    expect(whyNot(draft({ stages: [newStage({ id: 'a', program: { path }, inputs: [] })] }))).toBeUndefined()
  })
})
