import { microPerCredit } from '../../kernel/amount.ts'

/** '0.25 credits', exact to the micro-credit. */
export function credits(micro: bigint): string {
  const fraction = (micro % microPerCredit).toString().padStart(6, '0').replace(/0+$/, '')
  const amount = `${(micro / microPerCredit).toLocaleString('en-GB')}${fraction ? `.${fraction}` : ''}`
  return `${amount} ${micro === microPerCredit ? 'credit' : 'credits'}`
}

/** Micro-credits of what a person typed ('1.5'), or undefined where that is no amount with at most six decimals. */
export function creditsTyped(text: string): bigint | undefined {
  const found = /^(\d{1,9})(?:[.,](\d{0,6}))?$/.exec(text.trim())
  if (!found) return undefined
  return BigInt(found[1] ?? '0') * microPerCredit + BigInt((found[2] ?? '').padEnd(6, '0'))
}
