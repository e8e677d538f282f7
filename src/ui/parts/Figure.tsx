import type { ReactNode } from 'react'

/** One number with its name: the value large, the name small below. */
export function Figure({ name, children, tone }: { name: ReactNode; children: ReactNode; tone?: 'money' }) {
  return (
    <div className={tone ? `figure ${tone}` : 'figure'}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
