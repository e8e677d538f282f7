type Row = { readonly fruit: string; readonly kilograms: number; readonly pickedAt: Date }

type Props = { readonly rows: readonly Row[]; readonly locale?: string }

/** A table of what was picked, the heaviest first, with its total below. */
export function Harvest({ rows, locale = 'en' }: Props) {
  const weight = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long' })
  const sorted = [...rows].sort((a, b) => b.kilograms - a.kilograms)
  const total = rows.reduce((sum, row) => sum + row.kilograms, 0)
  if (rows.length === 0) return <p className="quiet">Nothing has been picked yet.</p>
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Fruit</th>
          <th scope="col">Picked</th>
          <th scope="col">Kilograms</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map((row) => (
          <tr key={`${row.fruit} ${row.pickedAt.toISOString()}`}>
            <th scope="row">{row.fruit}</th>
            <td>{day.format(row.pickedAt)}</td>
            <td className="number">{weight.format(row.kilograms)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={2}>
            In all
          </th>
          <td className="number">{weight.format(total)}</td>
        </tr>
      </tfoot>
    </table>
  )
}
