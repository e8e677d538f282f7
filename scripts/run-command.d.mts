/** Runs Node on `args` in a process group of its own, and ends whatever of the group is left when it has ended. */
export function runCommand(
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly isCaught?: boolean },
): Promise<{ readonly status: number; readonly text: string }>
/** Ends what runs now, and all that it started. */
export function endCommand(): void
