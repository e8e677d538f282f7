/**
 * Claim: 10,000 proofs of a task are checked within a second, in Chromium and in Node: from their bytes, over 157 receipts of 64 tasks each, whose
 * signatures are checked too. Beside it the same bytes are hashed, in turn, and nothing else.
 */
import './proofs.page.ts'
import { bundle } from './bundle.ts'
import { figureRow, interleaved, note, pairsAsked, ratioRow, tell } from './measure.ts'
import type { ProofsPage } from './proofs.page.ts'
import { openStage } from './stage.ts'

const tasks = 10_000
const atMostMs = 1_000
/** A proof is decoded, spelled again, hashed up its tree and its receipt named: several times the work of one hash over it. */
const atMostRatio = 10

const stage = await openStage()
try {
  const page = await stage.openBlank()
  await page.evaluate(await bundle('proofs.page.ts'))
  const inPage: ProofsPage = {
    make: (count) => page.evaluate((given) => globalThis.proofsPage!.make(given), count),
    check: () => page.evaluate(() => globalThis.proofsPage!.check()),
    hash: () => page.evaluate(() => globalThis.proofsPage!.hash()),
  }
  for (const [where, proofs] of [
    ['Chromium', inPage],
    ['Node', globalThis.proofsPage!],
  ] as const) {
    const bytes = await proofs.make(tasks)
    note(`${where}: ${tasks} proofs of ${Math.round(bytes / tasks)} bytes`)
    await proofs.check()
    await proofs.hash()
    const pairs = await interleaved(pairsAsked(), proofs.check, proofs.hash)
    tell(
      figureRow(`10,000 proofs of a task checked, ${where}`, pairs.ours, { unit: 'ms', atMost: atMostMs }),
      ratioRow(`the same : their bytes hashed, ${where}`, pairs, { unit: 'ms', atMost: atMostRatio }),
    )
  }
} finally {
  await stage.close()
}
