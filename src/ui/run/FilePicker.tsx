import { type DragEvent, type ReactNode, useId, useState } from 'react'

type PickerProps = {
  readonly label: string
  readonly accept?: string
  readonly mostFiles: number
  readonly onFiles: (files: readonly File[]) => void
  /** What is chosen, or what happens without a choice. */
  readonly children: ReactNode
}

/** Takes files by drag and drop, and by the browser's own dialogue for keyboard and thumb. */
export function FilePicker({ label, accept, mostFiles, onFiles, children }: PickerProps) {
  const id = useId()
  const [isOver, setIsOver] = useState(false)
  const take = (files: FileList | null): void => {
    if (files && files.length > 0) onFiles([...files].slice(0, mostFiles))
  }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setIsOver(false)
    take(event.dataTransfer.files)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is beside the input below, which does the same by keyboard
    <div
      className={isOver ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      <label htmlFor={id}>
        <strong>{label}</strong>
        <span className="soft">
          Drop {mostFiles === 1 ? 'the file' : 'files'} here, or <u>choose</u>
        </span>
      </label>
      <input
        id={id}
        type="file"
        accept={accept}
        multiple={mostFiles > 1}
        onChange={(event) => take(event.currentTarget.files)}
      />
      <small className="drop-chosen">{children}</small>
    </div>
  )
}
