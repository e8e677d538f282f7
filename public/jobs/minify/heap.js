/**
 * A priority queue in a binary heap. Entries of equal priority leave in the order in which they came.
 */
export class PriorityQueue {
  #entries = []
  #arrivals = 0

  get size() {
    return this.#entries.length
  }

  /** The smaller the priority, the earlier the value leaves. */
  push(value, priority) {
    const entries = this.#entries
    entries.push({ value, priority, arrival: this.#arrivals++ })
    let index = entries.length - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(entries[index], entries[parent])) break
      ;[entries[index], entries[parent]] = [entries[parent], entries[index]]
      index = parent
    }
  }

  peek() {
    return this.#entries[0]?.value
  }

  pop() {
    const entries = this.#entries
    const first = entries[0]
    const last = entries.pop()
    if (entries.length === 0) return first?.value
    entries[0] = last
    this.#sink()
    return first.value
  }

  #sink() {
    const entries = this.#entries
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      const right = left + 1
      let least = index
      if (left < entries.length && isBefore(entries[left], entries[least])) least = left
      if (right < entries.length && isBefore(entries[right], entries[least])) least = right
      if (least === index) return
      ;[entries[index], entries[least]] = [entries[least], entries[index]]
      index = least
    }
  }
}

function isBefore(a, b) {
  return a.priority === b.priority ? a.arrival < b.arrival : a.priority < b.priority
}
