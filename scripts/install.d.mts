/** Installs exactly what the lock file says, unless that was done before. */
export function install(): void
export function say(text: string): void
