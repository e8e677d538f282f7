import { readFile } from 'node:fs/promises'
import type { Kit, KitName } from '../../activity/worker-messages.ts'
import { unpacked } from './component-kits.ts'

/** What threads need for components, out of the package: its modules lie in a file beside it. */
export async function nodeKit(name: KitName): Promise<Kit> {
  if (name === 'component-host') return { name, ...(await import('virtual:component-host')), modules: [] }
  const { script, address } = await import('virtual:component-generator')
  const file = await readFile(new URL(address))
  return { name, script, modules: unpacked(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength)) }
}
