/**
 * Small values kept by the browser, for this tab or for this device. A browser may forbid or lose them: then a value is
 * simply not remembered, which every caller must be content with.
 */
export function recall(place: 'tab' | 'device', key: string): unknown {
  try {
    const text = storageOf(place).getItem(prefix + key)
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** @param value anything that JSON can say; undefined forgets */
export function remember(place: 'tab' | 'device', key: string, value: unknown): void {
  try {
    if (value === undefined) storageOf(place).removeItem(prefix + key)
    else storageOf(place).setItem(prefix + key, JSON.stringify(value))
  } catch {
    // Full or forbidden: the page works on without a memory.
  }
}

const prefix = 'tabmesh.'
const storageOf = (place: 'tab' | 'device'): Storage => (place === 'tab' ? sessionStorage : localStorage)
