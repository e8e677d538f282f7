import { type FetchAnswer, type FetchRequest, outboundLimits, readFetch } from '../../activity/outbound.ts'
import { none } from '../../activity/outside.ts'
import { concatBytes } from '../../kernel/bytes.ts'

export type OutboundPorts = {
  /** The job's list. */
  readonly asked: readonly string[]
  /** Whether it is on the list of whoever fetches, now. */
  isOffered(origin: string): boolean
  /** Told how many bytes went out or came in. */
  moved(bytes: number): void
  /** From asking to the last byte; shorter than usual where nobody is to wait for it. */
  readonly mostMs?: number
}

/** Fetches for one task after the other. */
export type Outbound = {
  begin(): {
    /** Never rejects. @param request see `readFetch` */
    fetch(request: Uint8Array): Promise<FetchAnswer>
    /** Gives up what was not answered. */
    end(): void
  }
}

/** What programs fetch: by the machine that runs them, outside of their sandbox, and from nowhere else than both sides agreed. */
export function createOutbound(ports: OutboundPorts): Outbound {
  return {
    begin() {
      const task = new AbortController()
      let requests = 0
      return {
        async fetch(bytes) {
          if (requests >= outboundLimits.requests || task.signal.aborted) return none('overLimit')
          const asked = readFetch(bytes)
          if (typeof asked === 'string') return none(asked)
          const { origin } = asked
          if (!ports.asked.includes(origin) || !ports.isOffered(origin)) return none('notAllowed')
          if (!isReadAlike(asked)) return none('invalid')
          requests += 1
          ports.moved(bytes.length)
          return answerTo(asked, task.signal, ports)
        },
        end: () => task.abort(),
      }
    },
  }
}

/** What fetches reads an address by a grammar of its own: it must come to the same. */
function isReadAlike({ url, origin }: FetchRequest): boolean {
  const read = new URL(url)
  return read.origin === origin && read.username === '' && read.password === ''
}

async function answerTo(
  { method, url, headers, body }: FetchRequest,
  task: AbortSignal,
  { moved, mostMs = outboundLimits.requestMs }: OutboundPorts,
): Promise<FetchAnswer> {
  const stop = new AbortController()
  try {
    const response = await fetch(url, {
      method,
      headers,
      // Nothing of this machine's owner goes along, and nothing of what its browser keeps comes back.
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      // Wherever it leads was not on the list.
      redirect: 'error',
      signal: AbortSignal.any([task, stop.signal, AbortSignal.timeout(mostMs)]),
      ...(method === 'POST' && { body: new Uint8Array(body) }),
    })
    const content = await contentOf(response, moved)
    if (!content) return none('overLimit')
    const type = (response.headers.get('content-type') ?? '').slice(0, outboundLimits.answerTypeLength)
    return { kind: 'answer', status: response.status, type, body: content }
  } catch {
    // Which of the many reasons it was is nobody's business but this machine's: a program would learn what is behind it.
    return none('failed')
  } finally {
    stop.abort()
  }
}

/** Undefined where there is more than an answer may have: the rest is not waited for. */
async function contentOf(response: Response, moved: (bytes: number) => void): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = []
  let length = 0
  const reader = response.body?.getReader()
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    moved(next.value.length)
    length += next.value.length
    if (length > outboundLimits.answerBytes) return undefined
    parts.push(next.value)
  }
  return concatBytes(parts)
}
