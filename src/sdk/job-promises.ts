import type { JobSpec } from '../activity/messages.ts'
import { isCoreKind } from '../activity/module.ts'
import { prepareModule } from '../activity/prepare.ts'
import type { Exchange } from '../adapters/content/exchange.ts'
import { fetchContents } from '../adapters/plane/contents.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'

/** What a job promises those who work on it, looked at before anybody is asked: that its program is deterministic, that its files are here. */
export async function checkPromises(
  { limits, runtime, isInteractive, outbound, channels, content: files = [] }: JobSpec,
  module: Uint8Array,
  content: Exchange,
): Promise<Result<void>> {
  if (limits.seed) {
    // How much of what is typed a program finds when it reads depends on when it was typed.
    if (isInteractive) return refuse('cannot-be-deterministic', { because: 'input that is typed' })
    if (channels) return refuse('cannot-be-deterministic', { because: 'what other tasks say' })
    if (outbound) return refuse('cannot-be-deterministic', { because: 'the network' })
    if (!isCoreKind(runtime)) return refuse('cannot-be-deterministic', { because: `the runtime ${runtime}` })
    const prepared = prepareModule(module, { runtime, memoryPages: limits.memoryPages, isDeterministic: true })
    if (!prepared.ok) return prepared
  }
  const found = await fetchContents(files, (cid, mostBytes) =>
    content.fetchFile(cid, { providers: [], open: () => Promise.reject(new Error('not stored here')), mostBytes }),
  )
  return found.ok ? ok(undefined) : found
}
