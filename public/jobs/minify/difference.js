/**
 * What changed between two texts, line by line, by the longest common subsequence.
 * Equal heads and tails are cut off first: in real edits little is left between them.
 */
export function differenceOf(before, after) {
  const a = before.split('\n')
  const b = after.split('\n')
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++

  const same = (line) => ({ kind: 'same', line })
  return [
    ...a.slice(0, head).map(same),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(same),
  ]
}

function middle(a, b) {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i][j] = a[i] === b[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1])
    }
  }
  const changes = []
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      changes.push({ kind: 'same', line: a[i] })
      i++
      j++
    } else if (lengths[i + 1][j] >= lengths[i][j + 1]) {
      changes.push({ kind: 'removed', line: a[i++] })
    } else {
      changes.push({ kind: 'added', line: b[j++] })
    }
  }
  while (i < a.length) changes.push({ kind: 'removed', line: a[i++] })
  while (j < b.length) changes.push({ kind: 'added', line: b[j++] })
  return changes
}

const signs = { same: ' ', removed: '-', added: '+' }

/** The changes as text, with at most `context` unchanged lines around each. */
export function formatDifference(changes, context = 3) {
  const near = new Set()
  changes.forEach((change, index) => {
    if (change.kind === 'same') return
    for (let at = index - context; at <= index + context; at++) near.add(at)
  })
  const lines = []
  let skipping = false
  changes.forEach((change, index) => {
    if (near.has(index)) lines.push(`${signs[change.kind]} ${change.line}`)
    else if (!skipping) lines.push('  …')
    skipping = !near.has(index)
  })
  return lines.join('\n')
}
