import { useEffect, useState } from 'react'

type AwaitingProps = { readonly what: string; readonly slow?: string; readonly wrong?: string }

const usualSlow = 'The node’s keys and stored work are being read.'
const usualWrong =
  'It takes longer than usual: another tab may be holding on to the identity, or the relay does not answer.'

/** Words while something is awaited: after two seconds what, after ten what may be wrong. */
export function Awaiting({ what, slow = usualSlow, wrong = usualWrong }: AwaitingProps) {
  const [step, setStep] = useState(0)
  useEffect(() => {
    const timers = [setTimeout(() => setStep(1), 2_000), setTimeout(() => setStep(2), 10_000)]
    return () => timers.forEach(clearTimeout)
  }, [])
  return (
    <p className="soft awaiting" role="status">
      {what}… {step === 1 && slow} {step === 2 && wrong}
    </p>
  )
}
