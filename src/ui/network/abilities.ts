/** What this browser can do that the page needs, and what follows where it cannot. */
export type Ability = {
  readonly name: string
  /** What follows when it is missing. */
  readonly without: string
  readonly isVital: boolean
  test(): boolean | Promise<boolean>
}

/** One function that splats a zero and drops it: valid only where 128-bit SIMD is. */
const simdModule = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11,
])
/** A frame that is there answers within a second. */
const sandboxMs = 5_000

export const abilities: readonly Ability[] = [
  {
    name: 'A secure address',
    without: 'The page cannot start: browsers give keys to HTTPS and to the machine itself only.',
    isVital: true,
    test: () => isSecureContext,
  },
  {
    name: 'WebAssembly',
    without: 'Nothing can be computed here. You can still run jobs in other tabs.',
    isVital: true,
    test: () => typeof WebAssembly === 'object',
  },
  {
    name: 'WebAssembly SIMD',
    without: 'Programs that use it are not offered to this tab.',
    isVital: false,
    test: () => WebAssembly.validate(simdModule),
  },
  {
    name: 'Workers',
    without: 'Nothing can be computed here.',
    isVital: true,
    test: () => typeof Worker === 'function',
  },
  {
    name: 'Sandbox for programs',
    without: 'Other people’s programs are not run here, for they could not be shut in.',
    isVital: true,
    test: sandboxWorks,
  },
  {
    name: 'Storage (IndexedDB)',
    without: 'The page cannot start: it could not keep what it owes and is owed.',
    isVital: true,
    test: storageWorks,
  },
  {
    name: 'Ed25519 keys',
    without: 'The page cannot start: it could not sign (no-ed25519). Use a newer browser.',
    isVital: true,
    test: async () => Boolean(await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])),
  },
  {
    name: 'Direct connections (WebRTC)',
    without: 'Other tabs are reached over relays only, slower.',
    isVital: false,
    test: () => typeof RTCPeerConnection === 'function',
  },
  {
    name: 'Identities of tabs (Web Locks)',
    without: 'Two tabs of this browser could take the same identity: keep one open.',
    isVital: false,
    test: () => navigator.locks !== undefined,
  },
  {
    name: 'Graphics processor (WebGPU)',
    without: 'Nothing today: no job asks for it yet.',
    isVital: false,
    test: async () => Boolean(await (navigator as WithGpu).gpu?.requestAdapter()),
  },
]

type WithGpu = Navigator & { readonly gpu?: { requestAdapter(): Promise<unknown> } }

async function storageWorks(): Promise<boolean> {
  const name = 'tabmesh-self-test'
  const opened = await new Promise<boolean>((resolve) => {
    const request = indexedDB.open(name)
    request.onerror = () => resolve(false)
    request.onsuccess = () => {
      request.result.close()
      resolve(true)
    }
  })
  indexedDB.deleteDatabase(name)
  return opened
}

/** Starts the real sandbox with a worker of one line and waits for its word. */
function sandboxWorks(): Promise<boolean> {
  const frame = document.createElement('iframe')
  frame.setAttribute('sandbox', 'allow-scripts')
  frame.setAttribute('aria-hidden', 'true')
  frame.hidden = true
  frame.src = '/sandbox.html'
  const control = new MessageChannel()
  const answer = new MessageChannel()
  const worked = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), sandboxMs)
    answer.port1.onmessage = () => {
      clearTimeout(timer)
      resolve(true)
    }
  })
  frame.addEventListener('load', () => {
    // '*' because a frame without origin has no name; it is our own frame, and what it gets is public.
    frame.contentWindow?.postMessage('onmessage = ({ ports: [port] }) => port.postMessage(1)', '*', [control.port2])
    control.port1.postMessage({ kind: 'open', id: 1 }, [answer.port2])
  })
  document.body.append(frame)
  return worked.finally(() => {
    frame.remove()
    control.port1.close()
    answer.port1.close()
  })
}
