import { agreementMachine } from '../../market/agreement.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Verified } from '../../wire/event.ts'
import type { AnyBody } from '../../wire/gate.ts'
import type { Host } from '../shell.ts'
import type { World } from '../world.ts'
import { must } from './violation.ts'

/** What honest parties say of one agreement: a chain without two successors by one hand, and an end on both sides. */
export type AgreementChecks = {
  stated(host: Host, event: Verified<AnyBody>): void
  /** Phase two: both sides hold the same, or both have ended it. */
  converged(): void
  readonly count: () => number
}

export function checkAgreements(world: World): AgreementChecks {
  /** By author and predecessor: the one successor. */
  const successors = new Map<string, Cid>()
  const known = new Set<Cid>()

  return {
    stated(host, { id, body }) {
      if (!body.type.startsWith('market/agreement-') || body.author !== host.did || !host.actor.isHonest) return
      if (body.type === 'market/agreement-proposed') {
        known.add(id)
        return
      }
      const key = `${body.author} ${body.prev ?? 'none'}`
      const before = successors.get(key)
      must(
        before === undefined || before === id,
        () => `an honest node gave ${body.prev} two successors`,
        agreementOf(body),
      )
      successors.set(key, id)
    },
    converged() {
      for (const id of known) {
        const sides = world.hosts.flatMap(({ node, actor }) => {
          const agreement = node.agreements.get(id)
          return agreement ? [{ agreement, isHonest: actor.isHonest }] : []
        })
        if (sides.some(({ isHonest }) => !isHonest)) continue
        const states = sides.map(({ agreement }) => agreement.state)
        const isOver = states.every((state) => agreementMachine.isFinal(state))
        must(isOver || new Set(states).size === 1, () => `an agreement ends as ${states}`, id)
      }
    },
    count: () => known.size,
  }
}

const agreementOf = (body: AnyBody): string => ('agreement' in body ? String(body.agreement) : '')
