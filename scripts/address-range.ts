/** A range of IPv4 addresses, '10.0.0.0/8': as much of the package `netmask` as libp2p asks for in a page. */
export class Netmask {
  readonly #first: number
  readonly #bits: number

  constructor(range: string) {
    const [address = '', bits = '32'] = range.split('/')
    this.#bits = 2 ** (32 - Number(bits))
    this.#first = Math.floor(numberOf(address) / this.#bits)
  }

  contains(address: string): boolean {
    return Math.floor(numberOf(address) / this.#bits) === this.#first
  }
}

const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
