import { Link } from 'wouter'
import { WithMesh } from '../parts/WithMesh.tsx'
import { Attempts } from './Attempts.tsx'
import '../look/network.css'
import '../look/sandbox.css'

/** What may a stranger's program do here? */
export function SandboxPage() {
  return (
    <>
      <header>
        <h1>What a job may do here</h1>
        <p className="lead">
          Programs from other people run as WebAssembly in a sandbox: a frame without an address of its own, without
          storage and without network. <Link href="/">Back to donating</Link>
        </p>
      </header>
      <div className="two">
        <section className="stack" aria-labelledby="may-title">
          <h2 id="may-title">It may</h2>
          <ul className="plain may">
            <li>compute, with the share of the processor that you set</li>
            <li>read the arguments and files that its task brought</li>
            <li>write output and files for whoever sent it, up to a limit</li>
            <li>ask for the time and for random numbers</li>
            <li>fetch from addresses that you list: none at first</li>
            <li>speak to the other tasks of its own job</li>
          </ul>
        </section>
        <section className="stack" aria-labelledby="may-not-title">
          <h2 id="may-not-title">It may not</h2>
          <ul className="plain may">
            <li>see your files, your other tabs, or anything of this page</li>
            <li>reach anything else of the network, or keep anything when its task is over</li>
            <li>take more memory, stack, time or fuel than was agreed</li>
            <li>use threads, exceptions or other features that cannot be metered</li>
          </ul>
        </section>
      </div>
      <p className="soft">
        Each operator that a program executes costs a unit of fuel. The program counts it itself, by counters that are
        written into it before it starts; when its fuel is used up it stops at that very operator. A worker that does
        not answer is ended from outside.
      </p>
      <WithMesh>
        <Attempts />
      </WithMesh>
    </>
  )
}
