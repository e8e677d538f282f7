/** The bundled text of workers/job.worker.ts, made by scripts/worker-plugin.ts. */
declare module 'virtual:job-worker' {
  export const script: string
}
