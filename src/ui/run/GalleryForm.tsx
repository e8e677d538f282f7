import { useCallback, useState } from 'react'
import { Link } from 'wouter'
import { defaultsOf, type GalleryJob } from '../../../examples/gallery.ts'
import { canMinify, type SourceFile } from '../../../examples/tasks.ts'
import type { WeightOf } from './earlier.ts'
import { FilePicker } from './FilePicker.tsx'
import { JobSample } from './JobSample.tsx'
import { howAgain, recallJob } from './job-memory.ts'
import { ParameterField } from './ParameterField.tsx'
import { prepare } from './prepare.ts'
import { RunPanel } from './RunPanel.tsx'
import { complaint, taskCount, taskWeight, type Values } from './values.ts'

/** The form of one ready-made job, filled with what suits it. */
export function GalleryForm({ job }: { job: GalleryJob }) {
  const [values, setValues] = useState<Values>(() => startingValues(job))
  const [files, setFiles] = useState<readonly SourceFile[]>([])
  const picker = job.parameters.find((parameter) => parameter.type === 'files')
  const isGood = job.parameters.every((parameter) => complaint(parameter, values[parameter.name]) === undefined)
  const weightOf: WeightOf = useCallback(
    (kind, earlier) => (kind === job.id ? taskWeight(job, earlier) / taskWeight(job, values) : undefined),
    [job, values],
  )
  const take = async (chosen: readonly File[]): Promise<void> => {
    const good = chosen.filter(({ name }) => job.id !== 'minify' || canMinify(name))
    setFiles(await Promise.all(good.map(async (file) => ({ name: file.name, bytes: await bytesOf(file) }))))
  }
  return (
    <>
      <header>
        <p className="small back">
          <Link href="/run">All programs</Link>
        </p>
        <h1>{job.title}</h1>
        <p className="lead">{job.description}</p>
      </header>
      <div className="form-and-panel">
        <form className="stack" onSubmit={(event) => event.preventDefault()}>
          {job.previews.length > 0 ? (
            <Preview job={job} values={values} />
          ) : (
            job.result !== 'text' && <JobSample job={job} />
          )}
          {picker?.type === 'files' && (
            <FilePicker label={picker.label} accept={picker.accept} mostFiles={picker.maxFiles} onFiles={take}>
              {files.length > 0
                ? files.map(({ name }) => name).join(', ')
                : `${picker.help} (${job.inputs.map(({ title }) => title).join(', ')})`}
            </FilePicker>
          )}
          <div className="parameters">
            {job.parameters.map((parameter) =>
              parameter.type === 'files' ? null : (
                <ParameterField
                  key={parameter.name}
                  parameter={parameter}
                  value={values[parameter.name]}
                  onChange={(value) => setValues({ ...values, [parameter.name]: value })}
                />
              ),
            )}
          </div>
          {job.inputs.length > 0 && files.length === 0 && !picker && (
            <p className="soft small">
              With {job.inputs.map(({ title, licence }) => `${title} (${licence})`).join(', ')}.
            </p>
          )}
        </form>
        <RunPanel
          tasks={taskCount(job, values, files)}
          limits={job.limits}
          isInteractive={job.result === 'terminal'}
          lacking={isGood ? undefined : 'Put right what the form marks.'}
          weightOf={weightOf}
          providersRead={job.providersRead}
          ask={async () => {
            const { request, fileNames } = await prepare(job, values, files)
            return { request, memory: { kind: job.id, values, fileNames } }
          }}
        />
      </div>
    </>
  )
}

function Preview({ job, values }: { job: GalleryJob; values: Values }) {
  const chosen = job.previews.find((path) => path.includes(`/${String(values['scene'])}.`)) ?? job.previews[0]
  return (
    <img className="preview" src={`/${chosen}`} alt={`What ${String(values['scene'])} looks like when it is done`} />
  )
}

/** A form asked for by "run again" starts with that job's values. */
function startingValues(job: GalleryJob): Values {
  const again = new URLSearchParams(location.search).get('again')
  const memory = again && !howAgain(again) ? recallJob(again) : undefined
  return memory?.kind === job.id ? { ...defaultsOf(job), ...memory.values } : defaultsOf(job)
}

const bytesOf = async (file: File): Promise<Uint8Array> => new Uint8Array(await file.arrayBuffer())
