import type { LogLevel } from './settings.ts'

type Fields = Readonly<Record<string, string | number | bigint | boolean | readonly string[] | undefined>>
export type Log = Readonly<Record<LogLevel, (event: string, fields?: Fields) => void>>

const rank: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 }

/** One line of JSON an event: level, time, event and its fields. Callers pass no key material, and peers only at `debug`. */
export function createLog(least: LogLevel, write: (line: string) => void): Log {
  const at =
    (level: LogLevel) =>
    (event: string, fields: Fields = {}): void => {
      if (rank[level] < rank[least]) return
      const line = { level, time: new Date().toISOString(), event, ...fields }
      write(JSON.stringify(line, (_, value) => (typeof value === 'bigint' ? String(value) : value)))
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
