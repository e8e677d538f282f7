/**
 * What the generator, a component itself, imports: a world with nothing in it. Chance is always the same, so that the same
 * component gives the same glue everywhere; what it says of itself when it breaks is not kept.
 */
class Resource {}
class InputStream extends Resource {}
class OutputStream extends Resource {
  checkWrite = (): bigint => mostAtOnce
  write(): void {}
  blockingWriteAndFlush(): void {}
  blockingFlush(): void {}
}
const mostAtOnce = 65_536n

export const environment = { getEnvironment: () => [] }
export const exit = {
  exit(): never {
    throw new Error('the generator gave up')
  },
}
export const stdin = { InputStream, getStdin: () => new InputStream() }
export const stdout = { OutputStream, getStdout: () => new OutputStream() }
export const stderr = { OutputStream, getStderr: () => new OutputStream() }
export const terminalInput = { TerminalInput: Resource }
export const terminalOutput = { TerminalOutput: Resource }
export const terminalStdin = { TerminalInput: Resource, getTerminalStdin: () => undefined }
export const terminalStdout = { TerminalOutput: Resource, getTerminalStdout: () => undefined }
export const terminalStderr = { TerminalOutput: Resource, getTerminalStderr: () => undefined }
export const preopens = { getDirectories: () => [] }
export const types = { Descriptor: Resource, DirectoryEntryStream: Resource, filesystemErrorCode: () => undefined }
export const error = { Error: Resource }
export const streams = { InputStream, OutputStream }
export const random = { getRandomBytes: (length: bigint) => new Uint8Array(Number(length)) }
