import { givenSlot, loadedSlot, runSlot, type ScriptLoader } from './component-glue.ts'

/** What a worker runs scripts with that come later, kept from before it is disarmed: its own `importScripts` on a Blob, or in Node what that lends. */
export function scriptLoader(scope: object): ScriptLoader {
  const run = Reflect.get(scope, runSlot) ?? fromBlob(scope)
  Reflect.deleteProperty(scope, runSlot)
  return (script, given) => {
    Reflect.set(scope, givenSlot, given)
    try {
      run(script)
      return Reflect.get(scope, loadedSlot)
    } finally {
      Reflect.deleteProperty(scope, givenSlot)
      Reflect.deleteProperty(scope, loadedSlot)
    }
  }
}

type Scope = {
  readonly importScripts: (address: string) => void
  readonly URL: typeof URL
  readonly Blob: typeof Blob
}

function fromBlob(scope: object): (script: string) => void {
  const { importScripts, URL: addresses, Blob: Blobs } = scope as Scope
  return (script) => {
    const address = addresses.createObjectURL(new Blobs([script], { type: 'text/javascript' }))
    try {
      Reflect.apply(importScripts, scope, [address])
    } finally {
      addresses.revokeObjectURL(address)
    }
  }
}
