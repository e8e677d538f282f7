import { type ReactNode, useId } from 'react'

/** What the exact terms of the pages mean, in a sentence. */
const glossary = {
  guild: 'A private room of at most fifty tabs for one job. Only its members have the key to what is said in it.',
  relay: 'A small server that introduces tabs to each other. It holds no work and no results.',
  webrtc: 'The way in which two browsers send each other data without a server between them.',
  wasi: 'The agreed way for a WebAssembly program to read arguments and files and to write output: “WASI preview 1”.',
  provider: 'A tab that computes for others, for nothing or for credits.',
  credits: 'What tabs owe each other for work. They are signed promises between the two, and no currency.',
  fuel: 'One unit for each step of a WebAssembly program: the same on every machine and in every browser. A thread burns about 1 G (a thousand million) in a second.',
  witness: 'A tab that computes some of another’s tasks again, and signs what it came to.',
  hostUnits:
    'What a program’s calls to its tab cost, such as reading a stored file or writing to the log: the same on every machine.',
  task: 'One start of the program with its own input. Tasks share nothing and may run anywhere, in any order.',
} as const

/** An exact term that explains itself when it is pressed. */
export function Term({ word, children }: { word: keyof typeof glossary; children: ReactNode }) {
  const id = useId()
  return (
    <>
      <button type="button" className="term" popoverTarget={id}>
        {children}
      </button>
      <span id={id} popover="auto" className="term-words">
        {glossary[word]}
      </span>
    </>
  )
}
