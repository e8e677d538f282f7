import { hasWasmHeader } from '../activity/module.ts'
import { signersOf, signModule } from '../adapters/identity/module-signing.ts'
import { refuse } from '../kernel/result.ts'
import type { ModulesApi } from './api-modules.ts'
import type { MeshPorts } from './mesh.ts'

export const createModules = ({ signer, verify }: Pick<MeshPorts, 'signer' | 'verify'>): ModulesApi => ({
  sign: async (module) =>
    hasWasmHeader(module) ? signModule(module, signer, verify) : refuse('not-wasm', { sizeBytes: module.length }),
  signers: (module) => signersOf(module, verify),
})
