import { expect, it } from 'vitest'
import { type Candidate, chooseConnection } from './choose-connection.ts'

const at = (via: Candidate['via'], initiator: string, openedAt: number): Candidate => ({ via, initiator, openedAt })

it('both sides choose the same connection, in whatever order they met them', () => {
  const cases: [Candidate[], Candidate][] = [
    [[at('relay', 'a', 1), at('webrtc', 'b', 2)], at('webrtc', 'b', 2)],
    [[at('webrtc', 'b', 2), at('webrtc', 'a', 1)], at('webrtc', 'a', 1)],
    [[at('webrtc', 'a', 1), at('webrtc', 'a', 9)], at('webrtc', 'a', 9)],
  ]
  for (const [candidates, chosen] of cases) {
    expect(chooseConnection(candidates)).toEqual(chosen)
    expect(chooseConnection([...candidates].reverse())).toEqual(chosen)
  }
  expect(chooseConnection([])).toBeUndefined()
})
