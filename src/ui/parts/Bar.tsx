/** A bar from 0 to `most`, what failed of it at its end, and a mark where the target is. Its numbers stand beside it in words. */
export function Bar({ value, failed = 0, most, target, label }: BarProps) {
  const shareOf = (part: number): number => (most > 0 ? Math.min(1, part / most) : 0)
  const good = shareOf(value - failed)
  return (
    <div className="bar" role="img" aria-label={label}>
      <svg width="100%" height="100%" aria-hidden="true">
        <rect className="bar-value" width={`${good * 100}%`} height="100%" rx="3" />
        {failed > 0 && (
          <rect className="bar-failed" x={`${good * 100}%`} width={`${shareOf(failed) * 100}%`} height="100%" />
        )}
        {target !== undefined && <rect className="bar-target" x={`${target * 100}%`} width="2" height="100%" />}
      </svg>
    </div>
  )
}

type BarProps = {
  readonly value: number
  /** Part of `value`. */
  readonly failed?: number
  readonly most: number
  /** Where the mark stands, 0 to 1. */
  readonly target?: number
  readonly label: string
}
