import { lazy } from 'react'
import { Link } from 'wouter'
import { Awaiting } from '../parts/Awaiting.tsx'
import { FailureNotice } from '../parts/Notice.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { GalleryCards } from './GalleryCards.tsx'
import { GalleryForm } from './GalleryForm.tsx'
import { loadGallery } from './load-gallery.ts'
import '../look/run.css'

const OwnForm = lazy(() => import('./OwnForm.tsx').then(({ OwnForm }) => ({ default: OwnForm })))
const WorkflowForm = lazy(() =>
  import('../workflows/WorkflowForm.tsx').then(({ WorkflowForm }) => ({ default: WorkflowForm })),
)

/** What could this do for me? @param kind the job of the form, or undefined for the gallery */
export function RunPage({ kind }: { kind?: string | undefined }) {
  const gallery = useLoaded(loadGallery)
  if (kind === 'own') return <OwnForm />
  if (kind === 'workflow') return <WorkflowForm />
  if (gallery.kind === 'failed') return <FailureNotice failure={gallery.failure} />
  if (gallery.kind === 'loading')
    return <Awaiting what="Loading the gallery" slow="" wrong="The server does not answer." />
  const job = gallery.value.jobs.find(({ id }) => id === kind)
  if (job) return <GalleryForm key={job.id} job={job} />
  return (
    <>
      <header>
        <h1>Let other tabs compute for you</h1>
        <p className="lead">
          Choose something ready-made, or bring a program of your own. The work is cut into tasks and goes straight from
          this tab to those that donate.
        </p>
      </header>
      {kind !== undefined && (
        <p>
          There is no job of that name. <Link href="/run">Look at all of them.</Link>
        </p>
      )}
      <GalleryCards jobs={gallery.value.jobs} />
    </>
  )
}
