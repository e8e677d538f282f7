/** What a piece of a program's output is on a page: text, and nothing that a terminal would obey. */
export type PlainText = (bytes: Uint8Array) => string

/** An escape sequence that has not come to its end holds back so many characters at most; real ones are shorter. */
const mostHeldBack = 256

// Control sequences (ECMA-48), strings up to their terminator, and two-character escapes.
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-Z\\^-~])|\x9b[0-?]*[ -/]*[@-~]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: the beginning of one at the end of a piece
const begun = /(?:\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)?|\x9b[0-?]*[ -/]*)$/
/** Controls but tab and new line; marks that turn the direction of what stands beside them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g

/** Reads one stream piece by piece: characters and escape sequences may be cut anywhere. */
export function createPlainText(): PlainText {
  const decoder = new TextDecoder()
  let held = ''
  return (bytes) => {
    const text = held + decoder.decode(bytes, { stream: true })
    const [open = ''] = begun.exec(text) ?? []
    held = open.length <= mostHeldBack ? open : ''
    const whole = open.length > 0 ? text.slice(0, text.length - open.length) : text
    return whole.replace(escapes, '').replace(controls, '')
  }
}
