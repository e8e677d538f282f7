type Drawable = {
  readonly initial: string
  readonly table: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** A state machine as Mermaid text: what stands in a SPEC.md must equal it. */
export function diagramOf({ initial, table }: Drawable): string {
  const lines = [`[*] --> ${initial}`]
  for (const [state, steps] of Object.entries(table)) {
    const ways = Object.entries(steps)
    if (ways.length === 0) lines.push(`${state} --> [*]`)
    for (const [step, next] of ways) lines.push(`${state} --> ${next}: ${step}`)
  }
  return ['stateDiagram-v2', ...lines.map((line) => `  ${line}`)].join('\n')
}

/** The diagrams of a SPEC.md, in order. */
export const diagramsIn = (markdown: string): string[] =>
  [...markdown.matchAll(/```mermaid\n([^`]*)\n```/g)].map(([, text]) => text ?? '')
