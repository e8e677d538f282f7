/** Only this one is framed, and by our own page only: strangers' programs run in it. */
const framed = '/sandbox.html'

/**
 * What goes with every answer of the page's server. The page's own policy on what it may load stands in its document; who
 * may frame it can stand in a header only.
 */
export function headersFor(path: string): Readonly<Record<string, string>> {
  const ancestors = path === framed ? "'self'" : "'none'"
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'content-security-policy': `frame-ancestors ${ancestors}`,
  }
}
