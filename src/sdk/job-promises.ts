import type { JobSpec } from '../activity/messages.ts'
import type { Runtime } from '../activity/runtime.ts'
import { isRuntimeKind } from '../activity/runtime-kind.ts'
import type { Exchange } from '../adapters/content/exchange.ts'
import { type FetchFile, fetchContents } from '../adapters/plane/contents.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'

/** What a job promises those who work on it, looked at before anybody is asked: that its program is deterministic, that its files are here. */
export async function checkPromises(
  { module, limits, runtime, isInteractive, outbound, channels, content: files = [] }: JobSpec,
  bytes: Uint8Array,
  { content, runtime: workers }: { readonly content: Exchange; readonly runtime: Runtime },
): Promise<Result<void>> {
  if (limits.seed) {
    // How much of what is typed a program finds when it reads depends on when it was typed.
    if (isInteractive) return refuse('cannot-be-deterministic', { because: 'input that is typed' })
    if (channels) return refuse('cannot-be-deterministic', { because: 'what other tasks say' })
    if (outbound) return refuse('cannot-be-deterministic', { because: 'the network' })
    if (!isRuntimeKind(runtime)) return refuse('cannot-be-deterministic', { because: `the runtime ${runtime}` })
    const deployed = await workers.deploy({ cid: module, bytes, runtime }, limits)
    if (!deployed.ok) return deployed
  }
  const fetchFile: FetchFile = (cid, mostBytes) =>
    content.fetchFile(cid, { providers: [], open: () => Promise.reject(new Error('not stored here')), mostBytes })
  const found = await fetchContents(files, { fetchFile })
  return found.ok ? ok(undefined) : found
}
