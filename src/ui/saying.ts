/** What people read for a code: what happened, whose side it is on, what to do. */
export type Words = { readonly what: string; readonly side: string; readonly todo: string }

export const program = 'It is the program’s own doing.'
export const yours = 'It is on your side.'
export const theirs = 'It is on the other tab’s side.'
export const between = 'It is on the way between the two of you.'
export const market = 'It is a question of terms.'
export const say = (what: string, side: string, todo: string): Words => ({ what, side, todo })
export const elsewhere = 'Nothing to do: the work goes elsewhere.'
/** Said without the table, which is such a part itself. */
export const notLoaded = say(
  'A part of this page could not be loaded.',
  'It is on the page’s server, or on the way to it.',
  'Look at your connection, then reload the page.',
)
