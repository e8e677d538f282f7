declare global {
  interface Window {
    /** All that came to this tab, in the order in which it was looked at. */
    heard?: string[]
  }
}

/**
 * Keeps what comes to a page over data channels and WebSockets, a character for each byte, as the page's own code gets it: over WebRTC
 * the browser has decrypted it, over a WebSocket it is still under Noise. To be run before the page's own scripts.
 */
export function overhears(): void {
  const heard: string[] = []
  window.heard = heard
  const known = new WeakSet<MessageEvent>()
  const { get } = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data')!
  Object.defineProperty(MessageEvent.prototype, 'data', {
    get(this: MessageEvent) {
      const data = get!.call(this)
      const isFromOutside = this.target instanceof RTCDataChannel || this.target instanceof WebSocket
      if (isFromOutside && !known.has(this)) {
        known.add(this)
        heard.push(data instanceof ArrayBuffer ? new TextDecoder('latin1').decode(data) : String(data))
      }
      return data
    },
  })
}
