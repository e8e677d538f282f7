/** Pictures of navigation, all made of tiles on a grid of 3 by 3. */
const tiles = {
  donate: [0, 1, 0, 1, 1, 1, 0, 1, 0],
  run: [1, 0, 0, 1, 1, 0, 1, 0, 0],
  jobs: [1, 1, 1, 1, 1, 0, 1, 0, 0],
  network: [1, 0, 1, 0, 1, 0, 1, 0, 1],
} as const

export type IconName = keyof typeof tiles

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 18 18" width="20" height="20" aria-hidden="true">
      {tiles[name].map((lit, at) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a tile is its place
          key={at}
          x={(at % 3) * 6 + 0.75}
          y={Math.floor(at / 3) * 6 + 0.75}
          width="4.5"
          height="4.5"
          rx="1"
          className={lit ? 'lit' : 'unlit'}
        />
      ))}
    </svg>
  )
}
