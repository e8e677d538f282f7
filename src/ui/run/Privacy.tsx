import { useId } from 'react'
import type { Mesh } from '../../sdk/api.ts'
import type { GuildView } from '../../sdk/api-guilds.ts'
import { useMesh } from '../app/use-mesh.ts'
import { whole } from '../parts/format.ts'
import { Switch } from '../parts/Switch.tsx'
import { Term } from '../parts/Term.tsx'
import { WithMesh } from '../parts/WithMesh.tsx'
import type { Wishes } from './sureness.ts'

type Private = Pick<Wishes, 'isSealed' | 'guild'>
type PrivacyProps = { readonly wishes: Private; readonly onChange: (part: Partial<Private>) => void }

const rooms = (mesh: Mesh) => mesh.guilds.list()

/** Who may read it: everybody on the way, the provider alone, or the members of a room. */
export function Privacy({ wishes, onChange }: PrivacyProps) {
  return (
    <>
      <Switch
        isOn={wishes.isSealed || wishes.guild !== ''}
        isDisabled={wishes.guild !== ''}
        onChange={(isSealed) => onChange({ isSealed })}
        hint={
          wishes.guild === ''
            ? 'Nobody on the way can read it. The tab that computes it still can.'
            : 'What is done in a private room is always sealed. Its members can read it.'
        }
      >
        Seal it
      </Switch>
      <WithMesh instead={null}>
        <Room guild={wishes.guild} onChange={(guild) => onChange({ guild })} />
      </WithMesh>
    </>
  )
}

const computing = ({ members }: GuildView): number =>
  members.filter(({ role, state, isHere }) => role === 'executor' && state === 'in' && isHere).length

function Room({ guild, onChange }: { guild: string; onChange: (guild: string) => void }) {
  const id = useId()
  const open = useMesh(rooms).filter(({ isOver, role }) => !isOver && role === 'creator')
  const chosen = open.find((room) => room.id === guild)
  if (open.length === 0 && guild === '') return null
  return (
    <div className="field">
      <label htmlFor={id}>Who is asked</label>
      <select id={id} value={guild} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">Everybody who fits</option>
        {open.map((room) => (
          <option key={room.id} value={room.id}>
            Only in “{room.name || 'Without a name'}”
          </option>
        ))}
        {guild !== '' && !chosen && <option value={guild}>A room that is over</option>}
      </select>
      <small className="soft">
        In a private room of yours (a <Term word="guild">guild</Term>) only its members who compute are asked.
      </small>
      {chosen && (
        <small className={computing(chosen) > 0 ? undefined : 'amber-words'} role="status">
          {computing(chosen) > 0
            ? `${whole(computing(chosen))} of them now.`
            : 'Nobody in it computes yet: ask somebody in.'}
        </small>
      )}
    </div>
  )
}
