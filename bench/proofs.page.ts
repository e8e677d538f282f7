import { sha256 } from '@noble/hashes/sha2.js'
import { memoryKeyStore } from '../src/adapters/identity/key-stores.ts'
import { openSigner, verify } from '../src/adapters/identity/keyring.ts'
import { memoryStorage } from '../src/adapters/memory/storage.ts'
import { createSealing } from '../src/adapters/shell/sealing.ts'
import { timestamp } from '../src/kernel/time.ts'
import { events } from '../src/node/registry.ts'
import { type Leaf, leafHash, merkleTree, salt } from '../src/receipts/merkle.ts'
import { ExecutionReceipt, type ReceiptBody } from '../src/receipts/messages.ts'
import { encodeTaskProof, taskProofOf } from '../src/receipts/task-proof.ts'
import { createProofs } from '../src/sdk/receipt-proofs.ts'
import { storedFrames } from '../src/sdk/stored-frames.ts'
import { cidOf } from '../src/wire/cid.ts'
import { encode } from '../src/wire/codec.ts'
import type { Verified } from '../src/wire/event.ts'
import type { AnyBody } from '../src/wire/gate.ts'

/** What a provider gathers while more work is queued. */
const tasksPerFrame = 64

export type ProofsPage = {
  /** Signs receipts over so many tasks and makes a proof of each. @returns bytes in all */
  make(tasks: number): Promise<number>
  /** Checks every proof from its bytes, signatures included; nothing is remembered from before. @returns ms */
  check(): Promise<number>
  /** Hashes the same bytes, and nothing else. @returns ms */
  hash(): Promise<number>
}

declare global {
  var proofsPage: ProofsPage | undefined
}

let proofs: Uint8Array[] = []

globalThis.proofsPage = {
  async make(tasks) {
    const opened = await openSigner(memoryKeyStore())
    if (!opened.ok) throw new Error(opened.code)
    const { seal } = createSealing(opened.value, verify, events)
    const name = (of: string) => cidOf(encode(of), 'dag-cbor')
    const [activity, agreement, job, module] = [name('activity'), name('agreement'), name('job'), name('module')]
    const secret = crypto.getRandomValues(new Uint8Array(16))
    proofs = []
    for (let sequence = 0; sequence * tasksPerFrame < tasks; sequence++) {
      const from = sequence * tasksPerFrame
      const leaves = Array.from(
        { length: Math.min(tasksPerFrame, tasks - from) },
        (_, i): Leaf => ({
          index: from + i,
          salt: salt(activity, from + i, secret),
          inputHash: sha256(encode(['input', from + i])),
          outputHash: sha256(encode(['output', from + i])),
          status: 'ok',
          exitCode: 0,
          fuel: 1_000_000n + BigInt(i),
        }),
      )
      const { root, proof } = merkleTree(leaves.map(leafHash))
      const fields = {
        ...{ agreement, activity, job, module, requestor: opened.value.did, sequence, root },
        ...{ isFinal: false, outcome: 'Running' as const, outputCids: [], cost: 0n as ReceiptBody['cost'] },
        ...{ taskCount: leaves.length, okCount: leaves.length, failedCount: 0 },
        usage: { durationUs: 1_000 * from, memoryBytes: 65_536, storageBytes: 0, bytesIn: 0, bytesOut: 0 },
        startedAt: timestamp(1_000),
        endedAt: timestamp(2_000 + sequence),
      }
      const prev = sequence === 0 ? undefined : name(`receipt ${sequence - 1}`)
      const head = { author: opened.value.did, issuedAt: timestamp(2_000 + sequence), prev }
      const receipt = await seal(ExecutionReceipt.author(head, fields) as Verified<AnyBody>)
      for (const [at, leaf] of leaves.entries()) proofs.push(encodeTaskProof(taskProofOf(receipt, leaf, proof(at)!)))
    }
    return proofs.reduce((sum, { length }) => sum + length, 0)
  },
  async check() {
    const opened = await openSigner(memoryKeyStore())
    if (!opened.ok) throw new Error(opened.code)
    const sealing = createSealing(opened.value, verify, events)
    const { jobs } = memoryStorage()
    const nothing = async () => undefined
    const { checkProof } = createProofs(
      { jobs, signer: opened.value },
      {
        ownLog: nothing,
        seal: sealing.seal,
        proven: async (sealed) => {
          const event = await sealing.unseal(sealed)
          return event.ok ? (event.value as Verified<ReceiptBody>) : undefined
        },
      },
      storedFrames(jobs),
    )
    const began = performance.now()
    for (const bytes of proofs) {
      const checked = await checkProof(bytes)
      if (!checked.ok) throw new Error(checked.code)
    }
    return performance.now() - began
  },
  async hash() {
    const began = performance.now()
    for (const bytes of proofs) sha256(bytes)
    return performance.now() - began
  },
}
