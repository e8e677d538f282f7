/** A node of the tree that the bundler's parser makes of a script. */
export type SyntaxNode = {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}
/** From where to where, and what stands there instead. */
export type Cut = readonly [from: number, to: number, instead: string]

/** The code without the statements that say something to a log, which in a page nobody reads. */
export function withoutLogging(code: string, tree: SyntaxNode): string {
  return cutOut(code, tree, (node) => {
    const said = node.type === 'ExpressionStatement' ? plain(node['expression']) : undefined
    if (said?.type !== 'CallExpression' || !logCall.test(textOf(code, said['callee']))) return undefined
    return (said['arguments'] as SyntaxNode[]).every(isHarmless) ? [node.start, node.end, ';'] : undefined
  })
}

/** The code of generated Protobuf messages without reading one field by field: all are read at once. */
export function withoutStreams(code: string, tree: SyntaxNode): string {
  return cutOut(code, tree, (node) => {
    if (node.type === 'CallExpression' && textOf(code, node['callee']) === 'message') {
      const [, decode, stream] = node['arguments'] as SyntaxNode[]
      return decode && stream?.['generator'] ? [decode.end, stream.end, ''] : undefined
    }
    const isStream = node.type === 'ExpressionStatement' && /^[A-Z][\w$.]*\.stream = stream;$/.test(textOf(code, node))
    return isStream ? [node.start, node.end, ''] : undefined
  })
}

/** The code as it is where nobody counts: a register of metrics and all in it are `undefined`, and what is said to them goes with the dead code. */
export function withoutMetrics(code: string, tree: SyntaxNode): string {
  return cutOut(code, tree, (node) => {
    // Behind `?.` the rest of the chain goes with it, and must keep it.
    const isOf = node.type === 'MemberExpression' && !node['optional'] && isMetrics(node['object'])
    const isSet = node.type === 'AssignmentExpression' && isMetrics(node['left'])
    return isOf || isSet || isMetrics(node) ? [node.start, node.end, 'undefined'] : undefined
  })
}

const isMetrics = (node: unknown): boolean => {
  const { type, computed, property } = node as SyntaxNode
  return type === 'MemberExpression' && !computed && (property as { readonly name?: string }).name === 'metrics'
}

/** The code without methods that nobody calls. @throws where one is not there any more */
export function withoutMethods(code: string, tree: SyntaxNode, names: readonly string[]): string {
  const left = new Set(names)
  const lean = cutOut(code, tree, (node) => {
    const { name } = node.type === 'MethodDefinition' ? (node['key'] as { readonly name?: string }) : {}
    if (name === undefined || !names.includes(name)) return undefined
    left.delete(name)
    return [node.start, node.end, '']
  })
  if (left.size > 0) throw new Error(`a dependency changed: ${[...left].join(', ')} not in it`)
  return lean
}

/** The code without cases of its switches that never come. @throws where one is not there any more */
export function withoutCases(code: string, tree: SyntaxNode, tests: readonly string[]): string {
  const left = new Set(tests)
  const lean = cutOut(code, tree, (node) => {
    const test = node.type === 'SwitchCase' && node['test'] ? textOf(code, node['test']) : ''
    if (!tests.includes(test)) return undefined
    left.delete(test)
    return [node.start, node.end, '']
  })
  if (left.size > 0) throw new Error(`a dependency changed: no case ${[...left].join(', ')} in it`)
  return lean
}

/** A module with the same names in it, and nothing behind them. */
export function emptied(code: string): string {
  const names = [...code.matchAll(/^export (?:async )?(?:function\*?|const|let|class) (\w+)/gm)].map(([, name]) => name)
  const renamed = [...code.matchAll(/^export \{ ?([^}]+?) ?\}/gm)].flatMap(([, list = '']) =>
    list.split(',').map((one) => one.trim().split(' ').at(-1)),
  )
  return [
    `const absent = () => { throw new Error('not in this page') }`,
    ...[...names, ...renamed].map((name) => `export const ${name} = absent`),
  ].join('\n')
}

const logCall = /^(this\.)?#?log(\.(error|trace|info))?$/
/** An argument that does something would be missed. */
const doing = /^(Await|Yield|Assignment|Update)Expression$/

const isHarmless = (node: SyntaxNode): boolean => !doing.test(node.type) && within(node).every(isHarmless)
const plain = (node: unknown): SyntaxNode => {
  const one = node as SyntaxNode
  return one.type === 'ChainExpression' ? (one['expression'] as SyntaxNode) : one
}
export const textOf = (code: string, node: unknown): string =>
  code.slice((node as SyntaxNode).start, (node as SyntaxNode).end)

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string'
const within = (node: SyntaxNode): SyntaxNode[] => Object.values(node).flat().filter(isNode)

/** The code with what `find` gave of any node of its tree. */
export function cutOut(code: string, tree: SyntaxNode, find: (node: SyntaxNode) => Cut | undefined): string {
  const cuts: Cut[] = []
  const open = [tree]
  for (let node = open.pop(); node; node = open.pop()) {
    const cut = find(node)
    if (cut) cuts.push(cut)
    open.push(...within(node))
  }
  let kept = ''
  let at = 0
  for (const [from, to, instead] of cuts.sort(([a], [b]) => a - b)) {
    if (from < at) continue // within what is gone already
    kept += code.slice(at, from) + instead
    at = to
  }
  return kept + code.slice(at)
}
