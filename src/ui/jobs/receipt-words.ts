import type { ReceiptNode } from '../../receipts/dag.ts'
import type { ReceiptCheck, TaskAgain, Verification } from '../../sdk/receipts-api.ts'
import type { Did } from '../../wire/schema.ts'
import { counted, whole } from '../parts/format.ts'
import { wordsFor } from '../words.ts'

type How = ReceiptCheck['how']

/** What was looked at in a receipt, and what came of it. */
const checks: Record<ReceiptCheck['name'], Record<How, string>> = {
  signature: {
    holds: 'Its provider signed it.',
    fails: 'The signature is not its provider’s.',
    unknown: 'Its signature could not be checked.',
  },
  chain: {
    holds: 'It follows the receipt before it.',
    fails: 'It does not follow the receipt before it.',
    unknown: 'The receipt before it is not here.',
  },
  tasks: {
    holds: 'It is over exactly the tasks and results that are stored here.',
    fails: 'It is not over the results that are stored here.',
    unknown: 'Not all of its results are stored here.',
  },
  usage: {
    holds: 'Its fuel and time are what the results say.',
    fails: 'Its fuel or time is not what the results say.',
    unknown: 'Its fuel and time cannot be added up here.',
  },
  cost: {
    holds: 'Its cost is what was agreed.',
    fails: 'Its cost is not what was agreed.',
    unknown: 'What was agreed is not at hand any more.',
  },
  requestor: {
    holds: 'Its requestor got these results, and signed too.',
    fails: 'Its requestor signed something else.',
    unknown: 'That its requestor signed too is not known.',
  },
  witnesses: {
    holds: 'Witnesses signed that they came to the same.',
    fails: 'Its witnesses contradict it.',
    unknown: 'What is said to be of its witnesses does not count.',
  },
}
export const checkWords = ({ name, how }: ReceiptCheck): string => checks[name][how]

/** Who stands for a receipt beside its provider, and for how much of it: each task once, however many computed it. */
export function witnessWords({ attested = [], body }: ReceiptNode): string | undefined {
  if (attested.length === 0) return undefined
  const witnesses = new Set(attested.map(({ witness }) => witness)).size
  const tasks = new Set(attested.flatMap(({ positions }) => positions)).size
  return `Attested by ${counted(witnesses, 'witness', 'witnesses')}: ${whole(tasks)} of ${counted(body.taskCount, 'task')} computed again, ${tasks === 1 ? 'with the same result' : 'all with the same results'}.`
}

export type SignedReceipt = Pick<ReceiptNode, 'accepted'> & {
  readonly body: Pick<ReceiptNode['body'], 'author' | 'requestor'>
}

/** Who has signed a receipt, in a few words. */
export function signedTag({ accepted, body: { author } }: SignedReceipt, me: Did): string {
  if (accepted) return 'signed by both'
  return author === me ? 'signed by you so far' : 'signed by its provider so far'
}
/** The same in a sentence. */
export function signedWords({ accepted, body: { author, requestor } }: SignedReceipt, me: Did): string {
  const provider = author === me ? 'you' : 'its provider'
  if (!accepted) return `Signed by ${provider} so far.`
  return `Signed by both: by ${provider}, and by ${requestor === me ? 'you' : 'its requestor'}, who got these results.`
}

/** One that fails outweighs all that hold. */
export const isRight = ({ checks: all, tasks }: Verification): boolean =>
  all.every(({ how }) => how !== 'fails') && tasks.every(({ isSame }) => isSame !== false)

/** In a sentence, what running the tasks again came to. */
export function againWords({ tasks, notStored }: Verification): string {
  const same = tasks.filter(({ isSame }) => isSame === true).length
  const other = tasks.filter(({ isSame }) => isSame === false).length
  const rest = tasks.length - same - other + notStored
  const left = rest > 0 ? ` ${counted(rest, 'task')} could not be compared.` : ''
  if (other > 0) return `${counted(other, 'task')} of ${whole(tasks.length)} came to something else.${left}`
  if (same === 0) return `Nothing could be compared.${left}`
  return `${same === 1 ? 'The task' : `All ${counted(same, 'task')}`} came to the same, with the same fuel.${left}`
}

/** Why two runs may differ without anybody’s fault, or whose it is. */
export function blameWords({ reads }: Verification): string {
  const what = reads.map((one) => (one === 'clock' ? 'the clock' : 'chance')).join(' and ')
  return what
    ? `The program may ask for ${what}. If it does, it need not come to the same twice, and this is nobody’s fault.`
    : 'The program sees nothing but its input. So the provider told of something else than what it does, or the program is not deterministic.'
}

const differences: Record<TaskAgain['differs'][number], string> = {
  status: 'another outcome',
  exitCode: 'another exit code',
  output: 'another output',
  fuel: 'another use of fuel',
  hostUnits: 'what it asked of the host',
}
export function differenceWords({ differs, fuel, why }: TaskAgain): string {
  if (why !== undefined) return wordsFor(why).what
  const told = differs.includes('fuel') && fuel ? `: told ${units(fuel.told)}, found ${units(fuel.found)}` : ''
  return `${differs.map((one) => differences[one]).join(', ')}${told}`
}

const units = (fuel: bigint): string => fuel.toLocaleString('en-GB')
