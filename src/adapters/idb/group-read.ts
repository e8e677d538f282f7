/**
 * Lets reads asked for in one turn share a transaction, for a transaction costs the browser as much as reading a block.
 * @param read begins all of them, and gives one promise for each
 */
export function groupRead<Key, Value>(
  read: (keys: readonly Key[]) => readonly Promise<Value>[],
): (key: Key) => Promise<Value> {
  let waiting: { key: Key; resolve: (value: Promise<Value>) => void; reject: (error: unknown) => void }[] = []

  function begin(): void {
    const batch = waiting
    waiting = []
    try {
      const values = read(batch.map(({ key }) => key))
      for (const [i, { resolve }] of batch.entries()) resolve(values[i]!)
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject })
      if (waiting.length === 1) queueMicrotask(begin)
    })
}
