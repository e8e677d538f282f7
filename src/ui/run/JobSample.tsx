import type { GalleryJob } from '../../../examples/gallery.ts'

/** Real output of each job; where that is text, a few of its lines. */
const samples: Readonly<Partial<Record<GalleryJob['id'], string>>> = {
  minify: 'react-dom.js   1.2 MB → 388 kB\nlife.ts        1.6 kB → 0.7 kB\nheap.js        1.6 kB → 0.6 kB',
  search: '"Ship ahoy! Have ye seen\n the White Whale?"\n"Hast seen the White Whale?"',
  javascript:
    'const [from, to] = args.map(Number)\nlet primes = 0\nfor (let n = from; n <= to; n++)\n  if (isPrime(n)) primes++',
  guess: '> 50\nToo low.\n> 62\nRight, after 2 guesses.',
  words: 'the     14,430\nof       6,607\nwhale    1,102',
}

/** What comes out of a job, at a glance. */
export function JobSample({ job: { id, previews } }: { job: GalleryJob }) {
  const [preview] = previews
  if (preview) return <img className="sample" src={`/${preview}`} alt="" loading="lazy" />
  return (
    <pre className="sample" aria-hidden="true">
      {samples[id]}
    </pre>
  )
}
