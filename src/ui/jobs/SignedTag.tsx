import { useNodeHandle } from '../app/use-mesh.ts'
import { type SignedReceipt, signedTag } from './receipt-words.ts'

/** Who has signed a receipt. */
export function SignedTag({ receipt }: { receipt: SignedReceipt }) {
  const { did } = useNodeHandle()
  return <span className={receipt.accepted ? 'tag green' : 'tag'}>{signedTag(receipt, did)}</span>
}
