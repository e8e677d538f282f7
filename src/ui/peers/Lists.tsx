import { type FormEvent, useId, useState } from 'react'
import { keyOfDid } from '../../identity/did.ts'
import type { Mesh } from '../../sdk/api.ts'
import type { ListEntry, ListName } from '../../sdk/api-reputation.ts'
import { isCid } from '../../wire/cid.ts'
import type { Did } from '../../wire/schema.ts'
import { type Failure, failureOf } from '../app/failure.ts'
import { useLooked } from '../app/use-looked.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { CopyButton } from '../parts/CopyButton.tsx'
import { moment, shortId } from '../parts/format.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { Peer } from '../parts/Peer.tsx'
import { entryWords } from './peer-words.ts'
import '../look/peers.css'

const entriesOf = (mesh: Mesh) => mesh.reputation.lists()

/** Whom and what this tab never takes, always takes, or takes alone; by hand. */
export function Lists() {
  const [entries, lookAgain] = useLooked(entriesOf)
  return (
    <section className="stack" aria-labelledby="lists-title">
      <div>
        <h2 id="lists-title">Blocked and allowed</h2>
        <p className="soft small">
          {entries.length === 0
            ? 'Nobody is on your lists: scores decide. Name a tab, or whoever signs programs, by its identity, or a program by its name (bafk…).'
            : 'Your own word goes before any score.'}
        </p>
      </div>
      {entries.length > 0 && (
        <ul className="plain">
          {entries.map((entry) => (
            <Entry key={`${entry.role} ${entry.kind} ${entry.name}`} entry={entry} onGone={lookAgain} />
          ))}
        </ul>
      )}
      <AddForm onAdded={lookAgain} />
    </section>
  )
}

const named = ({ kind, name, role }: Pick<ListEntry, 'kind' | 'name' | 'role'>): ListName => {
  if (kind === 'module') return { module: name as never }
  return kind === 'signer' ? { signer: name as Did } : { did: name as Did, role }
}

function Entry({ entry, onGone }: { entry: ListEntry; onGone: () => void }) {
  const { reputation } = useNodeHandle()
  const { kind, name, role, at } = entry
  const remove = (): void => {
    void reputation.unlist(named({ kind, name, role })).then(onGone, onGone)
  }
  return (
    <li className="row list-entry">
      {kind !== 'module' ? (
        <Peer id={name} />
      ) : (
        <CopyButton text={name} label="Copy the name of the program">
          <code>{shortId(name)}</code>
        </CopyButton>
      )}
      <span className="grow small">
        {entryWords(entry)} <span className="soft">since {moment(at)}</span>
      </span>
      <button type="button" className="button quiet" onClick={remove}>
        Remove
      </button>
    </li>
  )
}

const rules = {
  block: 'Block it',
  allow: 'Always allow it',
  only: 'Take it and no others',
} as const
type Rule = keyof typeof rules

const roles = {
  both: 'in both ways',
  provider: 'as a provider',
  requestor: 'as one I work for',
  signer: 'as a signer of programs',
} as const
type RoleChoice = keyof typeof roles

/** What was typed: a tab, a program, or neither. */
function nameOf(typed: string, role: RoleChoice): ListName | undefined {
  const name = typed.trim()
  if (keyOfDid(name) && role === 'signer') return { signer: name as Did }
  if (keyOfDid(name)) return { did: name as Did, ...(role !== 'both' && role !== 'signer' && { role }) }
  return isCid(name) ? { module: name } : undefined
}

function hintFor(isModule: boolean, role: RoleChoice): string {
  if (isModule) return 'A program is only ever run for others: that is what this decides.'
  if (role === 'signer')
    return 'Anybody can take a signature out of a file: take certain signers alone, and none slips by.'
  return 'Press an identity anywhere to copy it.'
}

function AddForm({ onAdded }: { onAdded: () => void }) {
  const { reputation } = useNodeHandle()
  const id = useId()
  const [typed, setTyped] = useState('')
  const [rule, setRule] = useState<Rule>('block')
  const [role, setRole] = useState<RoleChoice>('both')
  const [failure, setFailure] = useState<Failure>()
  const name = nameOf(typed, role)
  const isModule = name !== undefined && 'module' in name
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!name) return
    const work = rule === 'block' ? reputation.block(name) : reputation.allow(name, { only: rule === 'only' })
    const told = await work.catch((cause: unknown) => ({ ok: false, ...failureOf(cause) }) as const)
    setFailure(told.ok ? undefined : { code: told.code, message: '' })
    if (told.ok) setTyped('')
    onAdded()
  }
  return (
    <form className="stack" onSubmit={add}>
      <div className="field">
        <label htmlFor={id}>A tab or a program</label>
        <input
          id={id}
          autoComplete="off"
          spellCheck={false}
          placeholder="did:key:… or bafk…"
          value={typed}
          aria-invalid={typed !== '' && name === undefined}
          aria-describedby={`${id}-hint`}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <small id={`${id}-hint`} className={typed !== '' && !name ? 'wrong' : 'soft'}>
          {typed !== '' && !name ? 'This is neither an identity nor the name of a program.' : hintFor(isModule, role)}
        </small>
      </div>
      <div className="row">
        <select
          aria-label="What to do with it"
          value={rule}
          onChange={(event) => setRule(event.currentTarget.value as Rule)}
        >
          {Object.entries(rules).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
        {!isModule && (
          <select
            aria-label="In which role"
            value={role}
            onChange={(event) => setRole(event.currentTarget.value as RoleChoice)}
          >
            {Object.entries(roles).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        )}
        <button type="submit" className="button" disabled={!name}>
          Add
        </button>
      </div>
      {failure && <FailureNotice failure={failure} />}
    </form>
  )
}
