/** The path of a Chromium for the tests. Rejects with words where none is to be had. */
export function findBrowser(): Promise<string>
