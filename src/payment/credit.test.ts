import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minuteMs, timestamp } from '../kernel/time.ts'
import { intervalPrice } from '../market/offer-price.ts'
import { counters } from '../market/offer-properties-names.ts'
import { exampleCid, exampleDid, provider, requestor } from '../receipts/receipt.examples.ts'
import { type Account, meter } from './account.ts'
import { channelKey, openChannel } from './channel.ts'
import { creditFacts, creditLimit, stillCounts, usualCredit } from './credit.ts'
import { credits, settlesByVoucher } from './driver.ts'
import { account, coins, openedAt, perSecond, terms, worked } from './payment.examples.ts'

const none = { paid: coins(0), unpaid: coins(0) }
const facts = { history: none, intervalCost: coins(1_000), owedElsewhere: coins(0), owedByOtherStrangers: coins(0) }

describe('credit', () => {
  it('[CR1] lends a stranger one interval', () => {
    expect(creditLimit(usualCredit, facts)).toBe(1_000n)
  })

  it('[CR2] lends all strangers together a fixed sum', () => {
    const together = { ...usualCredit, strangersTogether: coins(2_500) }
    expect(creditLimit(together, { ...facts, owedByOtherStrangers: coins(2_000) })).toBe(500n)
    expect(creditLimit(together, { ...facts, owedByOtherStrangers: coins(9_000) })).toBe(0n)
  })

  it('[CR3] lends strangers nothing where the provider says so', () => {
    expect(creditLimit({ ...usualCredit, strangerIntervals: 0 }, facts)).toBe(0n)
    expect(creditLimit({ ...usualCredit, strangersTogether: coins(0) }, facts)).toBe(0n)
  })

  it('[CR4] lends more to who has paid, up to a limit, and nothing to who has not', () => {
    const paid = { ...facts, history: { paid: coins(8_000), unpaid: coins(0) } }
    expect(creditLimit(usualCredit, paid)).toBe(3_000n)
    expect(creditLimit({ ...usualCredit, most: coins(2_000) }, paid)).toBe(2_000n)
    expect(creditLimit(usualCredit, { ...paid, history: { paid: coins(8_000), unpaid: coins(1) } })).toBe(0n)
  })

  it('[CR2] [CR4] never lends more than the policy allows, nor more than a part of what was earned', () => {
    const sum = fc.bigInt({ min: 0n, max: 2n ** 62n }).map(coins)
    fc.assert(
      fc.property(sum, sum, sum, (paid, interval, owed) => {
        const told = {
          history: { paid, unpaid: coins(0) },
          intervalCost: interval,
          owedElsewhere: coins(0),
          owedByOtherStrangers: owed,
        }
        const limit = creditLimit(usualCredit, told)
        expect(limit).toBeLessThanOrEqual(usualCredit.most)
        expect(limit).toBeLessThanOrEqual(interval + paid)
        if (paid === 0n)
          expect(limit + owed).toBeLessThanOrEqual(
            owed > usualCredit.strangersTogether ? owed : usualCredit.strangersTogether,
          )
      }),
    )
  })

  it('[CR6] lends to a requestor, however many agreements it has', () => {
    expect(creditLimit(usualCredit, { ...facts, owedElsewhere: coins(400) })).toBe(600n)
    expect(creditLimit(usualCredit, { ...facts, owedElsewhere: coins(4_000) })).toBe(0n)
  })

  it('[CR2] [CR6] reads its facts from the books', () => {
    const mine = account()
    const owing = (seconds: number, told: Partial<Account>) => ({ ...meter(account(), worked(seconds)), ...told })
    const [other, payer] = [exampleDid('S'), exampleDid('T')]
    const accounts = [
      meter(mine, worked(9)),
      owing(1, { agreement: exampleCid('second') }),
      owing(2, { agreement: exampleCid('third'), requestor: other }),
      owing(4, { agreement: exampleCid('fourth'), requestor: payer }),
      owing(8, { agreement: exampleCid('fifth'), requestor: other, provider: payer }),
    ]
    const paid = { ...openChannel(payer, provider), total: coins(3) }
    const channels = new Map([[channelKey(payer, provider), paid]])
    const books = { accounts, channels, now: openedAt, endedAt: () => undefined }
    expect(creditFacts(mine, { ...books, unpaid: coins(0) })).toEqual({
      history: none,
      intervalCost: 20_000_000n,
      owedElsewhere: perSecond,
      owedByOtherStrangers: 2n * perSecond,
    })
    const known = creditFacts({ ...mine, requestor: payer }, { ...books, unpaid: coins(5) })
    expect(known.history).toEqual({ paid: 3n, unpaid: 5n })
  })

  it('[CR7] writes off what a stranger left, within an hour of its end', () => {
    const counts = (minutes: number) => stillCounts(coins(6_000), openedAt, timestamp(openedAt + minutes * minuteMs))
    expect([0, 1, 30, 60, 600].map(counts)).toEqual([6_000n, 5_900n, 3_000n, 0n, 0n])
    expect(stillCounts(coins(6_000), undefined, openedAt)).toBe(6_000n)
    expect(stillCounts(coins(6_000), timestamp(openedAt + minuteMs), openedAt)).toBe(6_000n) // a clock was set back
    const debt = meter(account(), worked(2))
    const books = { accounts: [debt], channels: new Map(), unpaid: coins(0), now: timestamp(openedAt + 30 * minuteMs) }
    const mine = { ...account(), agreement: exampleCid('mine'), requestor: exampleDid('S') }
    expect(creditFacts(mine, { ...books, endedAt: () => openedAt }).owedByOtherStrangers).toBe(perSecond)
    expect(creditFacts(mine, { ...books, endedAt: () => undefined }).owedByOtherStrangers).toBe(2n * perSecond)
  })

  it('[CR5] prices one interval at full use', () => {
    expect(intervalPrice(terms)).toBe(20_000_000n)
    const many = {
      ...terms,
      usageVector: [counters.cpuSec, counters.memoryGib, counters.fuelGiga, counters.networkInMib],
      coefficients: [coins(10), coins(1_600), coins(3), coins(7), coins(5)],
    }
    expect(intervalPrice(many)).toBe(200n + 100n + 300n + 70n + 5n)
  })

  it('[DV1] settles credits by the voucher itself', () => {
    const channel = { ...openChannel(requestor, provider), sequence: 4, total: coins(9) }
    expect(credits.settle({ channel, payoutTo: provider })).toMatchObject({ state: 'settled', total: 9n })
    expect([settlesByVoucher('credits'), settlesByVoucher('erc20-polygon-glm')]).toEqual([true, false])
  })
})
