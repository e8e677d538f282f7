import type { Kit, KitName } from '../../activity/worker-messages.ts'
import { preparedStore } from '../idb/prepared-store.ts'
import { unpacked } from './component-kits.ts'

/** Components that were prepared in an earlier visit. */
export const programs = preparedStore(() => Date.now())

/** Comes from this page's own server: the sandbox cannot ask for anything. */
export async function loadKit(name: KitName): Promise<Kit> {
  if (name === 'component-host') return { name, ...(await import('virtual:component-host')), modules: [] }
  const { script, address } = await import('virtual:component-generator')
  const answer = await fetch(address)
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`)
  return { name, script, modules: unpacked(await answer.arrayBuffer()) }
}
