/** Resolves behind whatever the page has to do meanwhile: paint, answer a click. A timer would wait 4 ms each time. */
export function otherTasks(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}
