import type { CustomRuntime } from '../activity/custom-runtime.ts'

/** What a page or a process may say when it joins; every field has a default. */
export type ConnectOptions = {
  /** Multiaddrs of relays; in a page those that its server names where absent, in Node none. */
  readonly relays?: readonly string[]
  /** STUN and TURN servers for WebRTC; those that the page's server names, else public STUN servers, where absent. */
  readonly iceServers?: readonly IceServer[]
  /** Bytes kept for others and for own jobs: on disk in a page, in memory in Node. 512 MiB unless said, less in a page with little room. */
  readonly storage?: { readonly quotaBytes?: number }
  readonly identity?: {
    /** In a page: which identity of this browser, refused with `slot-taken` while another tab is it; a free one where absent. */
    readonly slot?: number
    /** In Node: the file that keeps the key, made where there is none; a new identity each start where absent. */
    readonly keyFile?: string
  }
  /** Told while a long log is folded again at the start: events so far. */
  readonly onRestore?: (folded: number) => void
  /** Part of the market by name; `public` where absent. */
  readonly subnet?: string
  /** In a page: where it serves the package's sandbox.html, from its own origin; `/sandbox.html` where absent. */
  readonly sandboxUrl?: string | URL
  /** Runtimes of your own, at most 8, beside those that every node has; refused with `runtime-name-not-allowed` and its like. */
  readonly runtimes?: readonly CustomRuntime[]
}

/** As browsers have it. Source: W3C WebRTC, RTCIceServer. */
export type IceServer = {
  readonly urls: string | string[]
  readonly username?: string
  readonly credential?: string
}
