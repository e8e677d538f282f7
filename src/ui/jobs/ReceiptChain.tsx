import { useState } from 'react'
import type { ReceiptNode } from '../../receipts/dag.ts'
import type { Verification } from '../../sdk/receipts-api.ts'
import type { Cid } from '../../wire/cid.ts'
import { type Failure, failureOf } from '../app/failure.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { CopyButton } from '../parts/CopyButton.tsx'
import { credits } from '../parts/credits.ts'
import { counted, duration, fuel, shortId, whole } from '../parts/format.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { Peer } from '../parts/Peer.tsx'
import { Paged } from './Paged.tsx'
import { ReceiptDetail } from './ReceiptDetail.tsx'
import { isRight } from './receipt-words.ts'
import { SignedTag } from './SignedTag.tsx'

type ChainProps = { readonly nodes: readonly ReceiptNode[]; readonly isAnchored: boolean }

/** What one provider signed in one go, each receipt a tile linked to the one before it. */
export function ReceiptChain({ nodes, isAnchored }: ChainProps) {
  const { receipts } = useNodeHandle()
  const [verified, setVerified] = useState<ReadonlyMap<Cid, Verification>>(new Map())
  const [chosen, setChosen] = useState<Cid>()
  const [isChecking, setIsChecking] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const last = nodes.at(-1)
  if (!last) return null
  const { author, activity, usage, cost, isFinal } = last.body
  const tasks = nodes.reduce((sum, { body }) => sum + body.taskCount, 0)
  const witnesses = new Set(nodes.flatMap(({ attested = [] }) => attested.map(({ witness }) => witness))).size
  const node = nodes.find(({ id }) => id === chosen)
  const witnessed = nodes.filter(({ attested }) => attested !== undefined).length

  const keep = (id: Cid, verification: Verification): void =>
    setVerified((known) => new Map(known).set(id, verification))
  async function checkAll(): Promise<void> {
    if (isChecking) return
    setIsChecking(true)
    setFailure(undefined)
    try {
      for (const { id } of nodes) {
        const checked = await receipts.verify(id)
        if (checked.ok) keep(id, checked.value)
      }
    } catch (cause) {
      setFailure(failureOf(cause))
    } finally {
      setIsChecking(false)
    }
  }

  return (
    <li className="receipt-chain stack">
      <div className="row">
        <Peer id={author} />
        <SignedTag receipt={last} />
        {isAnchored ? (
          <span className="tag green">kept in the network</span>
        ) : (
          <span className="tag amber">{isFinal ? 'not yet found in the network' : 'without a last receipt'}</span>
        )}
      </div>
      <p className="small">
        {counted(nodes.length, 'receipt')} for {counted(tasks, 'task')}, {duration(usage.durationUs / 1_000)} of work
        {usage.fuel !== undefined && <>, {fuel(usage.fuel)} fuel</>}
        {cost > 0n && <span className="money">, {credits(cost)}</span>}
        {witnessed > 0 && (
          <>
            , {whole(witnessed)} of them witnessed by {counted(witnesses, 'other')}
          </>
        )}
        . Activity{' '}
        <CopyButton text={activity} label="Copy the name of the activity">
          <code>{shortId(activity)}</code>
        </CopyButton>
      </p>
      <Paged items={nodes} one="receipt">
        {(shown) => (
          <ol className="plain receipt-tiles" aria-label="Receipts, from the first">
            {shown.map(({ id, body }) => (
              <li key={id}>
                <button
                  type="button"
                  className={`receipt-tile ${toneOf(verified.get(id))}`}
                  aria-pressed={id === chosen}
                  aria-label={`Receipt ${whole(body.sequence + 1)}, ${counted(body.taskCount, 'task')}${saidOf(verified.get(id))}`}
                  onClick={() => setChosen(id === chosen ? undefined : id)}
                >
                  {whole(body.sequence + 1)}
                  {markOf(verified.get(id))}
                </button>
              </li>
            ))}
          </ol>
        )}
      </Paged>
      <div className="row">
        <button type="button" className="button" aria-disabled={isChecking} onClick={() => void checkAll()}>
          {isChecking ? 'Checking…' : 'Check all'}
        </button>
        <span className="small" role="status">
          {verified.size > 0 && !isChecking && summary([...verified.values()], nodes.length)}
        </span>
      </div>
      {failure && <FailureNotice failure={failure} />}
      {node && <ReceiptDetail key={node.id} node={node} verification={verified.get(node.id)} onVerified={keep} />}
    </li>
  )
}

const toneOf = (one: Verification | undefined): string => (one ? (isRight(one) ? 'green' : 'red') : '')
const markOf = (one: Verification | undefined): string => (one ? (isRight(one) ? ' ✓' : ' ✕') : '')
const saidOf = (one: Verification | undefined): string => (one ? (isRight(one) ? ', holds' : ', does not hold') : '')

function summary(all: readonly Verification[], of: number): string {
  const wrong = all.filter((one) => !isRight(one)).length
  if (wrong > 0) return `${counted(wrong, 'receipt does', 'receipts do')} not hold. Choose it to see why.`
  if (all.length < of)
    return `${whole(all.length)} of ${counted(of, 'receipt')} checked: ${all.length === 1 ? 'it holds' : 'they hold'}.`
  const unsure = all.filter(({ checks }) => checks.some(({ how }) => how === 'unknown')).length
  const rest = unsure > 0 ? ` Of ${whole(unsure)} not everything could be checked here.` : ''
  return `${of === 1 ? 'It holds' : `All ${whole(of)} hold`}.${rest}`
}
