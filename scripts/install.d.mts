/** Installs exactly what the lock file says, unless that was done before. Throws an Error with words for people. */
export function install(): void
/** What is wrong with a Node of this version, in words; undefined where it serves. */
export function nodeTrouble(version: string): string | undefined
/** Why an installation failed, and what to do, from what npm left behind. */
export function installTrouble(left: {
  readonly error?: NodeJS.ErrnoException
  readonly stderr?: string | null
}): string
export function say(text: string): void
