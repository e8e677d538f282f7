import { useId } from 'react'
import { type PresetName, presetNames } from '../../market/presets.ts'
import { presetTexts } from './sure-words.ts'

/** Who goes first, by name; it fills the fields below as it would have them. */
export function PresetField({ preset, onChange }: { preset: PresetName; onChange: (preset: PresetName) => void }) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>What counts most</label>
      <select id={id} value={preset} onChange={(event) => onChange(event.currentTarget.value as PresetName)}>
        {presetNames.map((name) => (
          <option key={name} value={name}>
            {presetTexts[name].name}
          </option>
        ))}
      </select>
      <small className="soft">{presetTexts[preset].words}</small>
    </div>
  )
}
