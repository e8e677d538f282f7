import { Link } from 'wouter'

/** An address that leads nowhere. */
export function LeftBehind() {
  return (
    <>
      <h1>There is no page here</h1>
      <p className="lead">
        The address may be mistyped. <Link href="/">Go to the start.</Link>
      </p>
    </>
  )
}
