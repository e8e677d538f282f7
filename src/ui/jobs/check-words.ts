import type { Redundancy } from '../../market/messages.ts'
import type { TaskCheck } from '../../sdk/api-checking.ts'
import { credits } from '../parts/credits.ts'
import { counted, share, whole } from '../parts/format.ts'
import type { CheckTally } from './check-tally.ts'

/** How a job’s results are checked, in a sentence. */
export function policyWords(policy: Redundancy): string {
  switch (policy.mode) {
    case 'once':
      return policy.because === undefined
        ? 'Each task is computed once, as was asked. Nobody checks it.'
        : `Each task is computed once: it cannot be compared because of ${policy.because}.`
    case 'adaptive':
      return 'A tab that is not known to be right is checked by another: always at first, then ever less often.'
    case 'quorum':
      return `Each task goes to ${whole(policy.copies)} tabs, until ${whole(policy.quorum)} of them agree.`
    case 'witnessed':
      return `${counted(policy.witnesses, 'witness', 'witnesses')} of each tab compute ${share(policy.samplePermille / 1_000)} of its tasks again.`
    case 'confidence':
      return `Each task goes to as many tabs as it takes until ${share(1 - policy.faultPpm / 1e6)} of the results are right.`
  }
}

/** How one result came to be believed, in two or three words. */
export function checkedAs({ how, agreed }: TaskCheck): { readonly words: string; readonly tone: 'amber' | undefined } {
  if (how === 'unverified') return { words: 'Unverified', tone: 'amber' }
  if (how === 'known') return { words: 'As known before', tone: undefined }
  if (how === 'single') return { words: 'On its record', tone: undefined }
  return { words: `${whole(agreed.length)} agree`, tone: undefined }
}

/** What it means, in a sentence: for whoever rests on those words. */
export const howMeant: Record<TaskCheck['how'], string> = {
  agreed: 'Others came to the same.',
  known: 'Its answer was known before.',
  single: 'Nobody else computed it. Its tab has been right whenever it was checked.',
  unverified: 'It was to be compared, and nobody independent was there to do it.',
}

export const unverifiedWords = ({ unverified }: CheckTally): string =>
  unverified === 1
    ? 'One result is unverified: it was to be compared, and nobody independent was there to do it.'
    : `${whole(unverified)} results are unverified: they were to be compared, and nobody independent was there to do it.`

/** What it cost somebody to be wrong. Amounts in micro-credits; 0n of claims: it was a gift. */
export function lossWords(
  wrong: number,
  { claimed, paid }: { readonly claimed: bigint; readonly paid: bigint },
): string {
  const what = `${counted(wrong, 'wrong answer')}.`
  const lost = claimed - paid
  const money =
    claimed === 0n ? '' : lost > 0n ? ` It is not paid ${credits(lost)} of ${credits(claimed)}.` : ' It had been paid.'
  return `${what}${money} It was sent away, and is not asked for a day.`
}
