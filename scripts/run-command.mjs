import { spawn } from 'node:child_process'

/** Twice what the longest check takes on two cores. */
const longestMs = 12 * 60_000
const hasGroups = process.platform !== 'win32'
let current

/**
 * Runs Node on `args` in a process group of its own, and ends whatever of the group is left when it has ended, or after
 * twelve minutes. @returns its exit status, 1 where a signal ended it, and what it said if `isCaught`
 */
export function runCommand(args, { cwd, env, isCaught = false }) {
  return new Promise((resolve) => {
    const output = isCaught ? 'pipe' : 'inherit'
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', output, output], detached: hasGroups })
    current = child
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (part) => {
        text += part
        process.stdout.write(part)
      })
    const limit = setTimeout(() => {
      process.stderr.write(`took longer than ${longestMs / 60_000} minutes: ended\n`)
      endCommand()
    }, longestMs)
    child.on('exit', () => endCommand())
    child.on('close', (code) => {
      clearTimeout(limit)
      current = undefined
      resolve({ status: code ?? 1, text })
    })
  })
}

/** Ends what runs now, and all that it started. */
export function endCommand() {
  if (!current?.pid) return
  try {
    if (hasGroups) process.kill(-current.pid, 'SIGKILL')
    else current.kill()
  } catch {
    // nothing of the group is left
  }
}
