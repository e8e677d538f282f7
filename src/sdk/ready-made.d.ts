declare module 'virtual:ready-made' {
  /** CID by path from the page's root. */
  export const modules: Readonly<Record<string, string>>
}
