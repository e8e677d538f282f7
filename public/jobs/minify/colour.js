/**
 * Colours between sRGB, linear light and OKLab (Björn Ottosson, 2020), in which equal steps look equal.
 */

/** '#3f8f5b' → { red: 63, green: 143, blue: 91 } */
export function parseHex(text) {
  const match = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text)
  if (!match) throw new RangeError(`not a colour: ${text}`)
  const [red, green, blue] = match.slice(1).map((pair) => Number.parseInt(pair, 16))
  return { red, green, blue }
}

export function formatHex(colour) {
  const pair = (value) => Math.round(Math.min(255, Math.max(0, value))).toString(16).padStart(2, '0')
  return `#${pair(colour.red)}${pair(colour.green)}${pair(colour.blue)}`
}

function toLinear(channel) {
  const value = channel / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

function fromLinear(light) {
  const value = light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055
  return value * 255
}

export function toOklab(colour) {
  const red = toLinear(colour.red)
  const green = toLinear(colour.green)
  const blue = toLinear(colour.blue)
  const long = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
  const medium = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
  const short = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
  return {
    lightness: 0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    greenRed: 1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    blueYellow: 0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  }
}

export function fromOklab({ lightness, greenRed, blueYellow }) {
  const long = (lightness + 0.3963377774 * greenRed + 0.2158037573 * blueYellow) ** 3
  const medium = (lightness - 0.1055613458 * greenRed - 0.0638541728 * blueYellow) ** 3
  const short = (lightness - 0.0894841775 * greenRed - 1.291485548 * blueYellow) ** 3
  return {
    red: fromLinear(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    green: fromLinear(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    blue: fromLinear(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
  }
}

/** A scale of `steps` colours from one to the other, both included. */
export function scaleBetween(first, last, steps) {
  const from = toOklab(parseHex(first))
  const to = toOklab(parseHex(last))
  return Array.from({ length: steps }, (_, index) => {
    const share = steps === 1 ? 0 : index / (steps - 1)
    const between = (key) => from[key] + (to[key] - from[key]) * share
    return formatHex(
      fromOklab({
        lightness: between('lightness'),
        greenRed: between('greenRed'),
        blueYellow: between('blueYellow'),
      }),
    )
  })
}
