import type { Activity } from '../../activity/activity.ts'
import type { Deployment } from '../../activity/runtime.ts'
import type { Result } from '../../kernel/result.ts'
import type { Cid } from '../../wire/cid.ts'
import { admit } from './admitting.ts'
import type { createRooms } from './channels.ts'
import { fetchProgram, filesUnder, programMs } from './contents.ts'
import { outboundTo, outsideOf } from './outside.ts'
import type { HowFetched, ProviderPorts } from './provider-ports.ts'
import { factsIn, type Session } from './session.ts'

type Ports = Pick<ProviderPorts, 'node' | 'runtime' | 'verify'> & {
  readonly rooms: Pick<ReturnType<typeof createRooms>, 'enter'>
  fetchFrom(session: Session, cid: Cid, how: HowFetched): Promise<Result<Uint8Array>>
  moved(bytes: number): void
}

/** Why nothing can be run for a session, in a code and in words. */
type NotDeployed = { readonly code: string; readonly message: string }

/**
 * What a session's tasks will run: its module and the files for all of them are fetched, the module is judged, and prepared, in part
 * while it still comes (AR3).
 */
export async function deploymentFor(
  ports: Ports,
  session: Session,
  { limits, content, outbound: asked, hasChannels }: Activity,
): Promise<{ readonly deployment: Deployment } | NotDeployed> {
  const { node, runtime, rooms, moved } = ports
  const isOffered = (origin: string): boolean => node.plan?.facts.outbound?.includes(origin) ?? false
  if (!asked.every(isOffered)) return { code: 'origin-not-offered', message: 'Nothing is fetched from there any more.' }
  const signal = AbortSignal.timeout(programMs)
  const files = await filesUnder(session.contentKey, (cid, mostBytes, onPrefix) =>
    ports.fetchFrom(session, cid, { mostBytes, signal, onPrefix }),
  )
  const arriving = runtime.arriving({ cid: session.module, runtime: session.runtime }, limits)
  try {
    const fetched = await fetchProgram({ module: session.module, content }, files, (module, prefixBytes) =>
      session.isEnding ? arriving.end() : arriving.grown(module, prefixBytes),
    )
    if (!fetched.ok) return { code: fetched.code, message: 'The module, or a file for its tasks, could not be had.' }
    if (hasChannels && !session.isOver) session.channels = rooms.enter(session)
    const outbound = await outboundTo({ asked, isOffered, moved })
    const outside = outsideOf({ outbound, channels: session.channels })
    const program = { cid: session.module, runtime: session.runtime, ...fetched.value, outside }
    const admitted = await admit(ports, session, program.bytes)
    const deployed = admitted.ok ? await runtime.deploy(program, limits) : admitted
    return deployed.ok ? { deployment: deployed.value } : { code: deployed.code, message: factsIn(deployed.facts) }
  } finally {
    arriving.end()
  }
}
