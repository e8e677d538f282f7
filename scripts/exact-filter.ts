/** What was seen, by its bytes: in place of `@libp2p/utils`' filters, which are made for more than a tab ever sees. */
export function createScalableCuckooFilter() {
  const seen = new Set<string>()
  return {
    has: (item: Uint8Array | string): boolean => seen.has(String(item)),
    add: (item: Uint8Array | string): boolean => Boolean(seen.add(String(item))),
    remove: (item: Uint8Array | string): boolean => seen.delete(String(item)),
  }
}
