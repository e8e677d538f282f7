import { Link } from 'wouter'
import type { GalleryJob } from '../../../examples/gallery.ts'
import { JobSample } from './JobSample.tsx'

/** All ready-made jobs, and the way to an own one. */
export function GalleryCards({ jobs }: { jobs: readonly GalleryJob[] }) {
  return (
    <ul className="plain gallery">
      {jobs.map((job) => (
        <li key={job.id} className="card gallery-card">
          <JobSample job={job} />
          <div className="gallery-words">
            <h2>
              <Link href={`/run/${job.id}`}>{job.title}</Link>
            </h2>
            <p className="soft">{job.description}</p>
          </div>
        </li>
      ))}
      <li className="card gallery-card">
        <div className="sample own-sample" aria-hidden="true">
          .wasm
        </div>
        <div className="gallery-words">
          <h2>
            <Link href="/run/own">Your own program</Link>
          </h2>
          <p className="soft">
            A WebAssembly command, a component or a module of functions, with a list of tasks or calls.
          </p>
        </div>
      </li>
      <li className="card gallery-card">
        <div className="sample own-sample" aria-hidden="true">
          a → b → c
        </div>
        <div className="gallery-words">
          <h2>
            <Link href="/run/workflow">A workflow</Link>
          </h2>
          <p className="soft">Several programs, each given what the ones before it brought. The picture fills in.</p>
        </div>
      </li>
    </ul>
  )
}
