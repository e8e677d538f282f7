import type { ModuleSigners } from '../adapters/identity/module-signing.ts'
import type { Result } from '../kernel/result.ts'

/** Modules, and components, signed by whoever publishes them: providers can take and refuse them by that. */
export type ModulesApi = {
  /** The module with this node's signature in it, beside those that it has. Signing makes another file of it, and so another CID. */
  sign(module: Uint8Array): Promise<Result<Uint8Array>>
  /** Who signed a module, whole. Refused where a signature in it is not true. */
  signers(module: Uint8Array): Promise<Result<ModuleSigners>>
}
