/**
 * Bytes that a text takes in UTF-8, or undefined where half a surrogate pair stands alone: such a text has no UTF-8 form,
 * and an encoder would replace it silently.
 */
export function utf8Bytes(text: string): number | undefined {
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) bytes += 1
    else if (unit < 0x800) bytes += 2
    else if (unit < 0xd800 || unit > 0xdfff) bytes += 3
    else {
      const low = unit < 0xdc00 ? text.charCodeAt(i + 1) : 0
      if (!(low >= 0xdc00 && low <= 0xdfff)) return undefined
      bytes += 4
      i++
    }
  }
  return bytes
}
