import { afterEach, expect, it } from 'vitest'
import { timestamp } from '../../kernel/time.ts'
import { handed, stops } from './handed.fixture.ts'
import { asProvider, goodResult, now, until } from './plane.fixture.ts'
import { createRequestorPlane } from './requestor.ts'

afterEach(() => {
  for (const stop of stops.splice(0).toReversed()) void stop()
})

it('[ND14] a receipt behind one that this tab has forgotten ends the activity, and nobody is blamed', async () => {
  const it = await handed(8)
  const { requestor, provider, about, got, keep } = it
  const { activity } = about
  await it.answer([goodResult(got[0]!.index)])
  await it.wire.frame('ack')
  it.plane.stop()
  await until(() => it.wire.end.how)
  const { node, shell, network, jobs: store, signer, timers, report } = requestor
  node.startedAt = timestamp(now() + 1)
  node.chains.delete(activity)
  const plane = createRequestorPlane({ node, shell, network, store, signer, timers, now, keep, report })
  stops.push(plane.stop)
  requestor.attach(plane)
  await shell.input({ type: 'timer', key: `activity:${activity}` })
  const again = asProvider(await until(() => provider.incoming[1]))
  await again.frame('open')
  await it.answer([goodResult(got[1]!.index)], about, again)
  await until(() => again.end.how)
  const agreement = await until(() => [...node.agreements.values()].find(({ ended }) => ended))
  expect(agreement.ended?.reason).toMatchObject({ code: 'activity-unknown', isFinal: false })
  expect(requestor.faults.filter((fault) => fault.startsWith('receipt'))).toEqual([])
  expect(node.chains.has(activity)).toBe(false)
})
