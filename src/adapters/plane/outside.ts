import { none } from '../../activity/outside.ts'
import type { Outside } from '../../activity/runtime.ts'
import type { Channels } from './channels.ts'
import type { Outbound, OutboundPorts } from './outbound.ts'

/** What fetches for those who may fetch anything, loaded for the first of them. */
export async function outboundTo(ports: OutboundPorts): Promise<Outbound | undefined> {
  if (ports.asked.length === 0) return undefined
  const { createOutbound } = await import('./outbound.ts')
  return createOutbound(ports)
}

/** What the tasks of one activity may ask for, put together of what it was given; undefined where that is nothing. */
export function outsideOf({
  outbound,
  channels,
}: {
  readonly outbound?: Outbound | undefined
  readonly channels?: Pick<Channels, 'begin'> | undefined
}): Outside | undefined {
  if (!outbound && !channels) return undefined
  return {
    begin({ index }) {
      const [fetching, speaking] = [outbound?.begin(), channels?.begin(index)]
      return {
        async answer(ask) {
          if (ask.kind === 'fetch') return fetching?.fetch(ask.request) ?? none('notAllowed')
          return speaking?.answer(ask) ?? none('notAllowed')
        },
        end() {
          fetching?.end()
          speaking?.end()
        },
      }
    },
  }
}
