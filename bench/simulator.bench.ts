/**
 * Claim: the simulator makes 50,000 steps of the node a second at 1,000 nodes on the churn scenario: tabs that come and go, one
 * message in twenty lost, the codec at every message, the checkers at every event. Another seed each time.
 */
import { runChurn } from '../src/sim/scenarios/churn.ts'
import { figureRow, note, pairsAsked, repeated, tell } from './measure.ts'

const now = (): number => performance.now()
const virtualMs = 45_000 // tabs open in the first twenty seconds, work comes from the twenty-fifth on

runChurn({ seed: 0, nodes: 100, virtualMs }, now)
let seed = 0
const perSecond = await repeated(pairsAsked(), async () => {
  seed += 1
  const { stepsPerSecond, steps, jobs, ended } = runChurn({ seed, nodes: 1_000, virtualMs }, now)
  note(`seed ${seed}: ${steps} steps, ${ended} of ${jobs} jobs ended`)
  return stepsPerSecond
})
tell(figureRow('simulator, 1,000 nodes, churn', perSecond, { unit: 'steps/s', atLeast: 50_000 }))
