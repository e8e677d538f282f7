/** What a program's glue may need: the language itself, WebAssembly, text, and the clock that measures a task. */
const kept: ReadonlySet<string> = new Set(
  `Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp Error
  AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError SuppressedError InternalError globalThis JSON
  Math Intl ArrayBuffer Atomics Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float16Array
  Float32Array Float64Array Uint8ClampedArray BigUint64Array BigInt64Array DataView Map BigInt Set Iterator WeakMap
  WeakSet WeakRef Proxy Reflect FinalizationRegistry DisposableStack AsyncDisposableStack decodeURI decodeURIComponent
  encodeURI encodeURIComponent escape unescape isFinite isNaN console WebAssembly TextEncoder TextDecoder performance
  Performance EventTarget Event MessageEvent DOMException self constructor`.split(/\s+/),
)

/**
 * Takes every other global out of a worker: network, storage, further workers, channels to other pages. What the browser
 * adds tomorrow goes too, since the list is of what stays. A second wall: the first is the sandbox's origin and policy.
 * Outside a browser's worker it does nothing.
 * @returns the names that could not be removed
 */
export function disarm(scope: object): string[] {
  if (!('WorkerGlobalScope' in scope)) return []
  const left: string[] = []
  for (let at: object | null = scope; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    if (at === EventTarget.prototype) break // listeners of its own port
    for (const name of Object.getOwnPropertyNames(at)) {
      if (!kept.has(name) && !remove(at, name)) left.push(name)
    }
  }
  return left
}

function remove(from: object, name: string): boolean {
  try {
    return Reflect.deleteProperty(from, name) || Reflect.defineProperty(from, name, { value: undefined })
  } catch {
    return false
  }
}
