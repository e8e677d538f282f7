/** Numbers as people read them, one notation on every page. */

const grouped = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })
export const whole = (value: number): string => grouped.format(value)
/** Units of fuel by thousands: '840', '12 k', '3.4 G'. */
export function fuel(units: bigint): string {
  const names = ['', 'k', 'M', 'G', 'T']
  let value = Number(units)
  let name = 0
  while (value >= 999.5 && name < names.length - 1) {
    value /= 1_000
    name++
  }
  return `${value < 9.95 && name > 0 ? Number(value.toFixed(1)) : Math.round(value)} ${names[name]}`.trim()
}
/** Units of what a person typed ('250 G', '1.5T', '9000'), or undefined where that is no amount of fuel. */
export function fuelTyped(text: string): bigint | undefined {
  const found = /^(\d{1,12})(?:[.,](\d{1,3}))?\s*([kMGT]?)$/.exec(text.trim())
  if (!found) return undefined
  const [, units = '', fraction = '', name = ''] = found
  const thousands = ['', 'k', 'M', 'G', 'T'].indexOf(name)
  const thousandths = BigInt(units) * 1_000n + BigInt(fraction.padEnd(3, '0'))
  return (thousandths * 1_000n ** BigInt(thousands)) / 1_000n
}
export const percent = (share: number): string => `${Math.round(share * 100)} %`

/** A share, never rounded up, and the finer the closer it is to all: '66.6 %', '99.95 %', '99.9991 %'. */
export function share(value: number): string {
  const ppm = Math.round(value * 1e6)
  const step = ppm < 990_000 ? 1_000 : ppm < 999_900 ? 100 : 1
  return `${(Math.floor(ppm / step) * step) / 1e4} %`
}

/** '0 s', '400 ms', '12 s', '3 min 20 s', '2 h 5 min'. */
export function duration(durationMs: number): string {
  if (durationMs === 0) return '0 s'
  if (durationMs < 1_000) return durationMs < 1 ? 'under 1 ms' : `${Math.round(durationMs)} ms`
  const seconds = durationMs / 1_000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return together(minutes, 'min', Math.floor(seconds % 60), 's')
  return together(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
}

const together = (much: number, unit: string, little: number, smaller: string): string =>
  little === 0 ? `${much} ${unit}` : `${much} ${unit} ${little} ${smaller}`

/** Decimal units, as disks and networks are sold: 1 kB = 1,000 bytes. */
export function bytes(count: number): string {
  if (count < 1_000) return `${count} bytes`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = count / 1_000
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000
    unit++
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

/** '1 task', '2 tasks', '1,000 tasks'. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${whole(count)} ${count === 1 ? one : many}`

/** The ends of an identity: enough to tell peers apart beside their pattern. */
export const shortId = (id: string): string => {
  const tail = id.startsWith('did:key:') ? id.slice('did:key:'.length) : id
  return tail.length <= 13 ? tail : `${tail.slice(0, 6)}…${tail.slice(-5)}`
}

export const clock = (at: number): string =>
  new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
export const moment = (at: number): string =>
  new Date(at).toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
