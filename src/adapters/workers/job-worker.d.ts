/** The bundled text of workers/job.worker.ts, made by scripts/worker-plugin.ts. */
declare module 'virtual:job-worker' {
  export const script: string
}

/** The bundled text of workers/component-host.worker.ts. */
declare module 'virtual:component-host' {
  export const script: string
  /** Another one for another generator, meter or host. */
  export const version: string
}

/** The bundled text of workers/component-generator.worker.ts, and where its core modules are. */
declare module 'virtual:component-generator' {
  export const script: string
  export const address: string
}
