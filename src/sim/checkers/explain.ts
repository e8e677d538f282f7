import { events as registry } from '../../node/registry.ts'
import { reopen } from '../../wire/gate.ts'
import type { Happening } from '../agenda.ts'
import type { World } from '../world.ts'
import { Violation } from './violation.ts'

const mostEvents = 40

/** The error with everything that makes it happen again, and what the logs say of its aggregate. */
export function explained(world: World, error: unknown, at: Happening): Error {
  const cause = error instanceof Error ? error : new Error(String(error))
  const aggregate = cause instanceof Violation ? cause.aggregate : undefined
  const host = world.hosts[at.node]
  const head = `seed ${world.seed}, ${at.label} at node ${at.node} (${host?.actor.name ?? 'world'}), happening ${world.happenings}, virtual ${at.at}`
  const story = aggregate === undefined ? [] : storyOf(world, aggregate)
  return new Error([`${cause.message}`, head, ...story].join('\n'), { cause })
}

/** The last events about an aggregate, as each log holds them. */
export function storyOf(world: World, aggregate: string): string[] {
  const lines: { at: number; line: string }[] = []
  for (const { disk, index, did } of world.hosts) {
    for (const { body: bytes } of disk.log) {
      const event = reopen(registry, bytes)
      if (!event.ok) continue
      const { body, id } = event.value
      if (id !== aggregate && !Object.values(body).includes(aggregate)) continue
      const who = body.author === did ? 'own' : `of ${world.hostOf.get(body.author)?.index ?? '?'}`
      lines.push({
        at: body.issuedAt,
        line: `${body.issuedAt} log ${index} ${who} ${body.type} ${id.slice(-8)} ${detail(body)}`,
      })
    }
  }
  return lines
    .sort((a, b) => a.at - b.at)
    .slice(-mostEvents)
    .map(({ line }) => line)
}

const detail = (body: object): string => {
  const { reason, prev, sequence, amount, total, code } = body as Record<string, unknown>
  const parts = {
    reason: (reason as { code?: string } | undefined)?.code,
    prev: String(prev ?? '').slice(-8),
    sequence,
    amount,
    total,
    code,
  }
  return Object.entries(parts)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ')
}
