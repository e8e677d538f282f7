import { Link } from 'wouter'
import type { GalleryJob } from '../../../examples/gallery.ts'

/** Real output of each job; where that is text, a few of its lines. */
const samples: Readonly<Partial<Record<GalleryJob['id'], string>>> = {
  minify: 'react-dom.js   1.2 MB → 388 kB\nlife.ts        1.6 kB → 0.7 kB\nheap.js        1.6 kB → 0.6 kB',
  search: '"Ship ahoy! Have ye seen\n the White Whale?"\n"Hast seen the White Whale?"',
  words: 'the     14,430\nof       6,607\nwhale    1,102',
}

export function GalleryCards({ jobs }: { jobs: readonly GalleryJob[] }) {
  return (
    <ul className="plain gallery">
      {jobs.map((job) => (
        <li key={job.id} className="card gallery-card">
          <Sample job={job} />
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
          <p className="soft">A WebAssembly command (WASI preview 1) with its arguments, files and a list of tasks.</p>
        </div>
      </li>
    </ul>
  )
}

function Sample({ job: { id, previews } }: { job: GalleryJob }) {
  const [preview] = previews
  if (preview) return <img className="sample" src={`/${preview}`} alt="" loading="lazy" />
  return (
    <pre className="sample" aria-hidden="true">
      {samples[id]}
    </pre>
  )
}
