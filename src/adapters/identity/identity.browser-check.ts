/** Two tabs, a reload, a duplicated tab and a closed one in a real browser: npx tsx src/adapters/identity/identity.browser-check.ts */
import { strict as assert } from 'node:assert'
import type { Page } from 'playwright'
import { withRealBrowser } from '../idb/browser-check.ts'
import type { Identity } from './identity.page.ts'

const become = (page: Page): Promise<Identity> =>
  page.evaluate(async (path) => (await import(path)).becomeSomebody(), '/src/adapters/identity/identity.page.ts')

await withRealBrowser(async ({ context, address }) => {
  const say = (what: string, { slot, resumed, did, tookMs }: Identity): void => {
    process.stdout.write(`${what}: slot ${slot}, resumed ${resumed}, …${did.slice(-6)}, ${tookMs.toFixed(0)} ms\n`)
  }
  const tab = async (): Promise<Page> => {
    const page = await context.newPage()
    await page.goto(address)
    return page
  }
  const [first, second] = [await tab(), await tab()]
  const ada = await become(first)
  const bob = await become(second)
  say('first tab', ada)
  say('second tab', bob)
  assert.deepEqual([ada.slot, bob.slot, ada.verified, bob.verified, ada.leaked], [0, 1, true, true, false])
  assert.notEqual(ada.did, bob.did)

  await second.reload()
  const again = await become(second)
  say('second tab reloaded', again)
  assert.deepEqual([again.slot, again.resumed, again.did], [1, true, bob.did])

  const opening = context.waitForEvent('page')
  await second.evaluate((url) => void window.open(url), address) // copies sessionStorage, as duplicating does
  const copy = await opening
  await copy.waitForLoadState()
  assert.equal(await copy.evaluate(() => sessionStorage.getItem('tabmesh-slot')), '1')
  const duplicate = await become(copy)
  say('duplicated tab', duplicate)
  assert.deepEqual([duplicate.slot, duplicate.resumed], [2, false])

  await first.close()
  await copy.reload()
  const stays = await become(copy)
  say('duplicate reloaded, first tab closed', stays)
  assert.deepEqual([stays.slot, stays.did], [2, duplicate.did])
  const heir = await become(await tab())
  say('new tab', heir)
  assert.deepEqual([heir.slot, heir.did], [0, ada.did])
})
