/** A bar from 0 to `most`, with a mark where the target is. Its numbers stand beside it in words. */
export function Bar({ value, most, target, label }: BarProps) {
  const share = most > 0 ? Math.min(1, value / most) : 0
  return (
    <div className="bar" role="img" aria-label={label}>
      <svg width="100%" height="100%" aria-hidden="true">
        <rect className="bar-value" width={`${share * 100}%`} height="100%" rx="3" />
        {target !== undefined && <rect className="bar-target" x={`${target * 100}%`} width="2" height="100%" />}
      </svg>
    </div>
  )
}

type BarProps = {
  readonly value: number
  readonly most: number
  /** Where the mark stands, 0 to 1. */
  readonly target?: number
  readonly label: string
}
