import { describe, it } from 'vitest'
import { storageContract } from '../storage.contract.ts'
import { memoryDisk, memoryStorage } from './storage.ts'

describe('memory storage', () => {
  for (const { name, run } of storageContract)
    it(name, async () => {
      const disk = memoryDisk()
      await run({ open: async (quotaBytes) => memoryStorage(disk, quotaBytes), pass: () => {} })
    })
})
