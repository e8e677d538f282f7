import { generate } from '@bytecodealliance/jco/component'
import { loadedSlot } from '../src/adapters/workers/component-glue.ts'
import type { ComponentGeneratorKit } from '../src/adapters/workers/component-kits.ts'
import { prepareComponent } from '../src/adapters/workers/component-prepare.ts'

let isBroken = false

/** What one worker needs to prepare a component for all: the generator, which is a component itself. */
const kit: ComponentGeneratorKit = {
  prepare: (bytes, how) =>
    prepareComponent(bytes, {
      ...how,
      async generate(component, options) {
        try {
          return (await generate(component, options)).files
        } catch (cause) {
          isBroken = !(cause instanceof Error && Object.hasOwn(cause, 'payload'))
          throw cause
        }
      },
    }),
  isBroken: () => isBroken,
}
Reflect.set(self, loadedSlot, kit)
