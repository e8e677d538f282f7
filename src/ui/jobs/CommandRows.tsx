import { bytes, counted, duration, whole } from '../parts/format.ts'
import type { CommandRow } from './collect.ts'

/** What came of each command of a script, in its order: behind a line that says how many were done. */
export function CommandRows({ commands }: { commands: readonly CommandRow[] }) {
  const good = commands.filter(({ isOk }) => isOk).length
  return (
    <details className="commands">
      <summary>
        {good === commands.length
          ? counted(good, 'command')
          : `${whole(good)} of ${counted(commands.length, 'command')} good`}
      </summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Command</th>
            <th scope="col">Outcome</th>
            <th scope="col">Time</th>
            <th scope="col">Size</th>
            <th scope="col">Gave</th>
          </tr>
        </thead>
        <tbody>
          {commands.map((command, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: commands never move, and may be alike
            <Command key={at} command={command} />
          ))}
        </tbody>
      </table>
    </details>
  )
}

function Command({ command: { type, isOk, exitCode, durationMs, sizeBytes, words } }: { command: CommandRow }) {
  return (
    <tr>
      <th scope="row">{type}</th>
      <td className={isOk ? undefined : 'wrong'}>{isOk ? 'Good' : exitCode > 0 ? `Exit ${exitCode}` : 'Failed'}</td>
      <td className="number">{durationMs > 0 ? duration(durationMs) : ''}</td>
      <td className="number">{sizeBytes > 0 ? bytes(sizeBytes) : ''}</td>
      <td>
        <code className="begins" title={words.length > 60 ? words : undefined}>
          {words}
        </code>
      </td>
    </tr>
  )
}
