import { useState } from 'react'
import { useLocation } from 'wouter'
import type { InvitedRole } from '../../guild/messages.ts'
import type { Result } from '../../kernel/result.ts'
import type { GuildMember, GuildView } from '../../sdk/api-guilds.ts'
import type { Did } from '../../wire/schema.ts'
import type { Failure } from '../app/failure.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { LineForm } from '../parts/LineForm.tsx'
import { FailureNotice } from '../parts/Notice.tsx'
import { Peer } from '../parts/Peer.tsx'
import { roleWords } from './guild-words.ts'

/** Who is in a room; its creator asks more in, and sends them away. */
export function Members({ guild }: { guild: GuildView }) {
  const { did, guilds } = useNodeHandle()
  const [, go] = useLocation()
  const [failure, setFailure] = useState<Failure>()
  const isOurs = guild.creator === did
  const told = async (outcome: Promise<Result<void>>): Promise<boolean> => {
    const result = await outcome
    setFailure(result.ok ? undefined : { code: result.code, message: '' })
    return result.ok
  }
  return (
    <section className="stack" aria-labelledby="members-title">
      <h2 id="members-title">In it</h2>
      <ul className="plain stack">
        {guild.members.map((member) => (
          <li key={member.did} className="row">
            <Peer id={member.did} note={noteOf(member)} />
            <span className={`tag ${member.isHere ? 'green' : ''}`}>{presenceOf(member)}</span>
            {isOurs && member.did !== did && member.state !== 'out' && !guild.isOver && (
              <button
                type="button"
                className="button quiet"
                onClick={() => void told(guilds.remove(guild.id, member.did))}
              >
                Send away
              </button>
            )}
          </li>
        ))}
      </ul>
      {isOurs && !guild.isOver && <InviteForm onInvite={(who, role) => told(guilds.invite(guild.id, who, role))} />}
      {isOurs && !guild.isOver && (
        <button type="button" className="button" onClick={() => go('/run')}>
          Run a job in it
        </button>
      )}
      {!guild.isOver && guild.state === 'in' && (
        <button type="button" className="button" onClick={() => void told(guilds.leave(guild.id))}>
          {isOurs ? 'Close the room' : 'Leave'}
        </button>
      )}
      {failure && <FailureNotice failure={failure} />}
    </section>
  )
}

const noteOf = ({ role }: GuildMember): string => roleWords[role]
const presenceOf = ({ state, isHere }: GuildMember): string =>
  state === 'asked' ? 'asked' : state === 'out' ? 'gone' : isHere ? 'here' : 'silent'

const roles = ['executor', 'member', 'observer'] as const satisfies readonly InvitedRole[]

function InviteForm({ onInvite }: { onInvite: (who: Did, role: InvitedRole) => Promise<boolean> }) {
  const [role, setRole] = useState<InvitedRole>('executor')
  return (
    <LineForm
      label="Ask somebody in"
      says="Ask"
      busy="Asking…"
      placeholder="did:key:z6Mk…"
      isIdentity
      mayBe={(who) => who.startsWith('did:key:')}
      onSay={(who) => onInvite(who as Did, role)}
    >
      <select aria-label="As" value={role} onChange={(event) => setRole(event.currentTarget.value as InvitedRole)}>
        {roles.map((one) => (
          <option key={one} value={one}>
            {roleWords[one]}
          </option>
        ))}
      </select>
    </LineForm>
  )
}
