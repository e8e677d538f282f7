import { program, say, type Words, yours } from './saying.ts'

/** Of workflows and their stages. */
export const workflowWords = {
  'workflow-unknown': say('This tab knows no such workflow.', yours, 'Workflows stay in the tab that submitted them.'),
  'workflow-empty': say('There is no stage yet.', yours, 'Add one.'),
  'workflow-cycle': say('These stages wait for each other in a circle.', yours, 'Let one of them read something else.'),
  'workflow-malformed': say('A part of it is out of its bounds.', yours, 'Look at the part that is named below.'),
  'stage-misnamed': say('A stage has no fitting name.', yours, 'Use up to 32 letters, digits, - and _.'),
  'stage-twice': say('Two stages have one name.', yours, 'Rename one.'),
  'stage-unknown': say('A stage reads one that is not there.', yours, 'Choose another.'),
  'stage-not-callable': say('A stage names a function of a command, or none of a module.', yours, 'Name one, or none.'),
  'stage-without-input': say('A stage has nothing to go over.', yours, 'Give it an input, or make it one task.'),
  'input-unknown': say('A stage reads a file that is not there.', yours, 'Add the file, or choose another.'),
  'input-twice': say('Two inputs of a stage have one place.', yours, 'Give each a place of its own.'),
  'stage-failed': say('A stage failed, and what waits for it cannot begin.', program, 'Look at its job, then retry.'),
  'output-missing': say(
    'A stage did not write the file that this one reads.',
    program,
    'Look at the name of the file.',
  ),
} satisfies Record<string, Words>
