import type { Body } from './body.ts'
import { stackBytes } from './budget.ts'
import type { Shape } from './shape.ts'

/** Engines take a million functions: in a module of more than half of that there may be no place for an entry to each. */
const mostWithEntries = 500_000

/** What follows from who calls whom. Functions by their index in the module, imported ones first. */
export type Calls = {
  /** Whether the host is called by it, or by whatever it calls. */
  reachesHost(callee: number, isIndirect: boolean): boolean
  /**
   * Units of stack that an activation of this function is charged with, 0 for one that cannot come twice on the stack: what such
   * functions take beneath one that can is charged to that one, or to the root.
   */
  weightOf(index: number): number
  /** Whether it is handed the counter by whoever calls it, and gives it back: a short function that recurses by such calls alone. */
  isHanded(index: number): boolean
  /** Units that the deepest chain from outside takes before a function that is charged for. */
  readonly rootUnits: number
}

/** The stack is counted in so many bytes. */
export const stackUnitBytes = 16
/** More than there ever is, and so little that the sign of what is left tells it: the counter has sixteen bits for it. */
const mostWeight = Math.floor(stackBytes / stackUnitBytes) + 1

/**
 * @param bodies of the module's own functions, in order
 * @param listed functions that a table may come to hold without being taken by reference in the code
 * @param isShared whether whoever is called outside may call back, as another module of the same component may
 */
export function analyseCalls(
  shape: Shape,
  bodies: readonly Body[],
  { listed, isShared }: { readonly listed: ReadonlySet<number>; readonly isShared: boolean },
): Calls {
  const keys = shape.types.map(({ params, results }) => `${params.join()}>${results.join()}`)
  const own = bodies.length
  /** A node for each own function, and one for each type that is called through a table. */
  const tableNodes = new Map<string, number>()
  const edges: number[][] = bodies.map(() => [])
  const callsHost = new Uint8Array(own)
  const nodeOfType = (type: number): number => {
    const key = keys[type] ?? ''
    const known = tableNodes.get(key)
    if (known !== undefined) return known
    tableNodes.set(key, edges.length)
    // A table may be another module's, and hold what that has put into it.
    edges.push(isShared ? [outside] : [])
    return edges.length - 1
  }
  /** Everything that is not this module, where it may call back: a node like any other. */
  const outside = own
  if (isShared) edges.push([])
  for (const [node, body] of bodies.entries()) {
    const seen = new Set<number>()
    for (const place of body.places) {
      if (place.what !== 'call') continue
      const isHost = !place.isIndirect && place.callee < shape.importedFunctions
      const to = place.isIndirect ? nodeOfType(place.callee) : place.callee - shape.importedFunctions
      if (isHost) callsHost[node] = 1
      const into = isHost ? outside : to
      if ((!isHost || isShared) && !seen.has(into)) edges[node]!.push(into)
      seen.add(into)
    }
  }
  const tableCallsHost = new Set<number>()
  const inTables = new Set([...listed, ...bodies.flatMap(({ references }) => references)])
  if (isShared) {
    tableCallsHost.add(outside)
    const entered = new Set([...shape.exported, ...inTables])
    for (const index of entered)
      if (index >= shape.importedFunctions) edges[outside]!.push(index - shape.importedFunctions)
  }
  for (const index of inTables) {
    const node = tableNodes.get(keys[shape.functions[index] ?? -1] ?? '')
    if (node === undefined) continue
    if (index < shape.importedFunctions) tableCallsHost.add(node)
    else edges[node]!.push(index - shape.importedFunctions)
  }

  const reaches = new Uint8Array(edges.length)
  const weights = new Float64Array(edges.length)
  const handed = new Uint8Array(own)
  /** Of a node that can come but once: its own stack and the deepest beneath it; of another: nothing. */
  const chains = new Float64Array(edges.length)
  const unitsOf = (node: number): number => (node < own ? Math.ceil(bodies[node]!.frameBytes / stackUnitBytes) : 0)
  for (const group of groupsOf(edges)) {
    const first = group[0]!
    const isRecursive = group.length > 1 || edges[first]!.includes(first)
    const doesReach = group.some(
      (node) => callsHost[node] || tableCallsHost.has(node) || edges[node]!.some((to) => reaches[to]),
    )
    const beneath = group.map((node) => edges[node]!.reduce((deepest, to) => Math.max(deepest, chains[to]!), 0))
    const isFit = own <= mostWithEntries && group.every((node) => bodies[node]?.isBrief)
    if (isRecursive && isFit) for (const node of group) handed[node] = 1
    for (const [i, node] of group.entries()) {
      reaches[node] = doesReach ? 1 : 0
      if (isRecursive) weights[node] = unitsOf(node) + beneath[i]!
      else chains[node] = unitsOf(node) + beneath[i]!
    }
  }
  const roots = [...shape.exported, ...(shape.start === undefined ? [] : [shape.start])]
  return {
    reachesHost(callee, isIndirect) {
      if (isIndirect) return reaches[nodeOfType(callee)] === 1
      return callee < shape.importedFunctions || reaches[callee - shape.importedFunctions] === 1
    },
    weightOf: (index) => Math.min(weights[index - shape.importedFunctions] ?? 0, mostWeight),
    isHanded: (index) => handed[index - shape.importedFunctions] === 1,
    rootUnits: roots.reduce((deepest, index) => Math.max(deepest, chains[index - shape.importedFunctions] ?? 0), 0),
  }
}

/** Groups of nodes that reach each other, callees before their callers (Tarjan, 1972), without recursion of our own. */
function groupsOf(edges: readonly (readonly number[])[]): number[][] {
  const order = new Int32Array(edges.length).fill(-1)
  const low = new Int32Array(edges.length)
  const isOpen = new Uint8Array(edges.length)
  const open: number[] = []
  const groups: number[][] = []
  let count = 0
  for (let root = 0; root < edges.length; root++) {
    if (order[root] !== -1) continue
    const path: { node: number; edge: number }[] = [enter(root)]
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const { node } = top
      const to = edges[node]![top.edge++]
      if (to === undefined) {
        path.pop()
        leave(node)
        const parent = path.at(-1)
        if (parent) low[parent.node] = Math.min(low[parent.node]!, low[node]!)
      } else if (order[to] === -1) path.push(enter(to))
      else if (isOpen[to]) low[node] = Math.min(low[node]!, order[to]!)
    }
  }
  return groups

  function enter(node: number): { node: number; edge: number } {
    order[node] = low[node] = count++
    isOpen[node] = 1
    open.push(node)
    return { node, edge: 0 }
  }
  function leave(node: number): void {
    if (low[node] !== order[node]) return
    const group = open.splice(open.lastIndexOf(node))
    for (const member of group) isOpen[member] = 0
    groups.push(group)
  }
}
