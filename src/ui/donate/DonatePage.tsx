import { Link } from 'wouter'
import { WithMesh } from '../parts/WithMesh.tsx'
import { Disputed } from './Disputed.tsx'
import { DonateButton } from './DonateButton.tsx'
import { Given } from './Given.tsx'
import { Limits } from './Limits.tsx'
import { NotChosen } from './NotChosen.tsx'
import { Resumed } from './Resumed.tsx'
import { Working } from './Working.tsx'
import '../look/donate.css'

/** What is this, and am I helping? */
export function DonatePage() {
  return (
    <>
      <WithMesh instead={null}>
        <Resumed />
      </WithMesh>
      <div className="donate">
        <section className="donate-words">
          <h1>Lend this computer’s spare time</h1>
          <p className="lead">
            Programs from other people run here, in a sandbox, while this tab is open. They cannot see your files or
            your other tabs, and fetch only from addresses that you list: none at first.{' '}
            <Link href="/safety">What a job may do here</Link>
          </p>
          <DonateButton />
          <ul className="plain costs">
            <li>It costs electricity, and some battery. You set how much of the processor it may take.</li>
            <li>The tabs that you work with see this machine’s network address.</li>
            <li>Nothing runs before you press the button, and Stop ends it within three seconds.</li>
          </ul>
        </section>
        <WithMesh instead={null}>
          <div className="donate-work">
            <Given />
            <Working />
            <NotChosen />
            <Disputed />
          </div>
        </WithMesh>
        <Limits />
      </div>
    </>
  )
}
