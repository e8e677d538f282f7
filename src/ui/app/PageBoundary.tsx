import { Component, type ReactNode } from 'react'
import { FailureNotice } from '../parts/Notice.tsx'
import { type Failure, failureOf } from './failure.ts'

type BoundaryProps = { readonly children: ReactNode }
type BoundaryState = { readonly failure: Failure | undefined }

/** A page that cannot be drawn takes nothing else along: Stop stays in reach, and so do the other pages. React offers this to classes alone. */
export class PageBoundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { failure: undefined }

  static getDerivedStateFromError(cause: unknown): BoundaryState {
    return { failure: failureOf(cause) }
  }

  override render(): ReactNode {
    const { failure } = this.state
    if (!failure) return this.props.children
    return (
      <>
        <h1>This page broke</h1>
        <FailureNotice failure={failure}>
          <p>What this tab works on goes on. The other pages are there; reload to see this one again.</p>
        </FailureNotice>
      </>
    )
  }
}
