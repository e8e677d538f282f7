/**
 * What js-libp2p 3 expects and Node 20 does not have yet: ES2024 withResolvers, ES2025 try, and the WebSocket of browsers,
 * with which a relay dials another one.
 */
Promise.withResolvers ??= function withResolvers() {
  const parts = {}
  parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }))
  return parts
}

Promise.try ??= function attempt(run, ...given) {
  return new this((resolve) => resolve(run(...given)))
}

globalThis.WebSocket ??= (await import('ws')).WebSocket
