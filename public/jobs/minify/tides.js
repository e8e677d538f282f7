/**
 * A week of tides from a few harmonic constituents: height = mean + Σ amplitude · cos(speed · t − phase).
 */
const constituents = {
  M2: { name: 'principal lunar', degreesAnHour: 28.9841042 },
  S2: { name: 'principal solar', degreesAnHour: 30.0 },
  N2: { name: 'larger lunar elliptic', degreesAnHour: 28.4397295 },
  K1: { name: 'lunisolar diurnal', degreesAnHour: 15.0410686 },
  O1: { name: 'lunar diurnal', degreesAnHour: 13.9430356 },
}

export function heightAt(harbour, hour) {
  let height = harbour.meanMetres
  for (const [key, { amplitudeMetres, phaseDegrees }] of Object.entries(harbour.tides)) {
    const constituent = constituents[key]
    if (constituent === undefined) throw new RangeError(`unknown constituent: ${key}`)
    const angle = ((constituent.degreesAnHour * hour - phaseDegrees) * Math.PI) / 180
    height += amplitudeMetres * Math.cos(angle)
  }
  return height
}

/** High and low waters from one hour to another, found to the minute. */
export function extremesOf(harbour, fromHour, toHour) {
  const step = 1 / 60
  const found = []
  let before = heightAt(harbour, fromHour - step)
  let here = heightAt(harbour, fromHour)
  for (let hour = fromHour; hour < toHour; hour += step) {
    const next = heightAt(harbour, hour + step)
    const isHigh = here > before && here >= next
    const isLow = here < before && here <= next
    if (isHigh || isLow) found.push({ kind: isHigh ? 'high' : 'low', hour, metres: here })
    before = here
    here = next
  }
  return found
}

export function tableOf(harbour, days) {
  const rows = extremesOf(harbour, 0, days * 24).map(({ kind, hour, metres }) => {
    const day = Math.floor(hour / 24) + 1
    const minutes = Math.round((hour % 24) * 60)
    const clock = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
    return `day ${day}  ${clock}  ${kind.padEnd(4)}  ${metres.toFixed(2)} m`
  })
  return [`Tides at ${harbour.name}`, ...rows].join('\n')
}
