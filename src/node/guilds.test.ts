import { expect, it } from 'vitest'
import { jobId } from '../activity/job.ts'
import { lifeMs } from '../guild/guild.ts'
import { MemberInvited } from '../guild/messages.ts'
import { minuteMs, timestamp } from '../kernel/time.ts'
import { provider, requestor } from '../market/market.examples.ts'
import { connect, createWorld, verdict } from './world.examples.ts'

const nonce = new Uint8Array(16).fill(7)
const guild = jobId(requestor, nonce)

it('[GU1] an invitation from tomorrow is to a guild that would live for more than an hour of ours', () => {
  const world = createWorld(requestor, provider)
  connect(world, requestor, provider)
  const from = (aheadMs: number) => {
    const issuedAt = timestamp(world.now + aheadMs)
    const place = { to: provider, guild, nonce, name: 'harvest', endsAt: timestamp(issuedAt + lifeMs) }
    return MemberInvited.author(
      { author: requestor, issuedAt },
      { ...place, role: 'executor', epoch: 0, key: new Uint8Array(60) },
    )
  }
  expect(verdict(world, provider, from(10 * minuteMs + 1))).toBe('guild-too-long')
  expect(verdict(world, provider, from(10 * minuteMs))).toBeUndefined()
})
