import { loadedSlot } from '../src/adapters/workers/component-glue.ts'
import type { ComponentHostKit } from '../src/adapters/workers/component-kits.ts'
import { compileComponent, runComponent } from '../src/adapters/workers/component-run.ts'

/** What a worker needs to run components that were prepared, by itself or by another. */
const kit: ComponentHostKit = {
  compile(prepared, { load, random }) {
    const program = compileComponent(prepared, load)
    return (input, limits) => runComponent(program, input, { limits, random })
  },
}
Reflect.set(self, loadedSlot, kit)
