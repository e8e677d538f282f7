import { bundleComponentKits } from '../../../scripts/worker-plugin.ts'
import type { Kit, KitName } from '../../activity/worker-messages.ts'

let bundled: ReturnType<typeof bundleComponentKits> | undefined

/** What workers need for components, bundled once for a test file that asks for it. */
export async function testKit(name: KitName): Promise<Kit> {
  bundled ??= bundleComponentKits()
  const { host, generator } = await bundled
  const { script, modules } = name === 'component-host' ? host : generator
  return { name, script, modules }
}
