import type { Did } from '../wire/schema.ts'

/** SC3: a task that nobody finished in five tries is given up: something about it, not the network, is wrong. */
const mostTries = 5

/** Whether somebody else is there than these. */
type IsThereAnother = (than: readonly Did[]) => boolean

/** How often tasks came back without a result, and on whom they trapped. */
export function createTries(isThereAnother: IsThereAnother) {
  const tries = new Map<number, { count: number; trappedOn: Did[] }>()

  /** SC7: trapped on two providers, or twice on the only one there is. */
  const isOwnFault = (trappedOn: readonly Did[]): boolean =>
    new Set(trappedOn).size >= 2 || (trappedOn.length >= 2 && !isThereAnother(trappedOn))

  return {
    forget: (index: number): void => void tries.delete(index),
    /** @returns whether it is no use to try again */
    failed(index: number, trappedOn: Did | undefined): boolean {
      const known = tries.get(index) ?? { count: 0, trappedOn: [] }
      known.count += 1
      if (trappedOn !== undefined) known.trappedOn.push(trappedOn)
      tries.set(index, known)
      return isOwnFault(known.trappedOn) || known.count >= mostTries
    },
    /** SC7: a task that trapped here goes to somebody else first. */
    needsAnother(index: number, provider: Did): boolean {
      const trappedOn = tries.get(index)?.trappedOn ?? []
      return trappedOn.includes(provider) && isThereAnother(trappedOn)
    },
  }
}
