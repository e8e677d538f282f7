import type { ComponentCode } from '../activity/component.ts'
import type { TypeCode } from '../activity/live.ts'
import type { SignatureCode } from '../activity/module-signature.ts'
import type { PrepareCode } from '../activity/prepare.ts'
import type { DeployCode } from '../activity/runtime.ts'
import type { InputCode, TaskErrorCode } from '../activity/task.ts'
import type { NetworkCode } from '../adapters/network.port.ts'
import type { StorageCode } from '../adapters/storage.port.ts'
import { between, elsewhere, market, notLoaded, program, say, theirs, type Words, yours } from './saying.ts'
import { choices, ends, opinions } from './words-peers.ts'
import { workflowWords } from './workflow-words.ts'

const tasks: Record<TaskErrorCode, Words> = {
  'exited-nonzero': say('The program ended with an error.', program, 'Read what it wrote to standard error.'),
  trapped: say('The program crashed.', program, 'Try its input on your own machine, or give it other input.'),
  'out-of-fuel': say('The program used up its fuel.', program, 'Raise the fuel limit, or cut it into smaller tasks.'),
  'out-of-host-units': say(
    'The program used up what its calls to the tab may cost.',
    program,
    'Raise that limit, or have it read and write in larger pieces.',
  ),
  'stack-overflow': say(
    'The program called itself too deep.',
    program,
    'Build it with less on the stack, or give it other input.',
  ),
  'memory-over-limit': say('The program needed more memory than it may have.', program, 'Raise the memory limit.'),
  'memory-not-given': say(
    'The other tab’s machine ran out of memory.',
    theirs,
    'Nothing to do: the work goes to another tab.',
  ),
  'output-over-limit': say('The program wrote more than it may.', program, 'Raise the output limit.'),
  'timed-out': say('It took longer than it may.', program, 'Raise the time limit, or cut the work into smaller tasks.'),
  'input-timed-out': say(
    'The program waited ten minutes for input, and none came.',
    yours,
    'Run it again, and answer it in time.',
  ),
  'output-not-taken': say(
    'The program wrote on and on, and for ten minutes nobody took it.',
    yours,
    'Keep the page open while it runs.',
  ),
  'start-failed': say('The program could not be started.', theirs, 'Run it again: another tab may manage.'),
  'input-not-allowed': say('A task’s arguments or files are not allowed.', yours, 'Look at their names and sizes.'),
  'queue-full': say('The other tab had too much waiting.', theirs, 'Nothing to do: the work goes to another tab.'),
  stopped: say('It was stopped before it ended.', theirs, 'Nothing to do: the work goes to another tab.'),
  'worker-lost': say('The worker was lost in the middle of it.', theirs, 'Run it again.'),
  'content-missing': say('Content of a script could not be had.', theirs, 'Keep the tab open that added it.'),
  'transfer-failed': say(
    'A script’s file could not be transferred.',
    program,
    'Look at its commands and what they wrote.',
  ),
}

type ProgramCode = PrepareCode | ComponentCode | SignatureCode | Extract<DeployCode, 'contents-over-limit'>

const modules: Record<ProgramCode, Words> = {
  'stack-over-limit': say(
    'The program needs too much stack before it even begins.',
    yours,
    'Build it with fewer or smaller local values.',
  ),
  'not-wasm': say('This file is not WebAssembly.', yours, 'Choose a .wasm file: a command, a component or functions.'),
  'is-a-component': say('This is a component, not a plain module.', yours, 'Choose “component” as its kind.'),
  'not-a-component': say('This is no component.', yours, 'Choose “command” as its kind.'),
  'malformed-component': say('The component is damaged, or cannot be taken apart.', yours, 'Build it anew.'),
  'component-over-limit': say('The component is too large.', yours, 'Build it smaller, or in one piece.'),
  'name-not-allowed': say('The component has a name that is not admitted.', yours, 'Build it with plain names.'),
  'no-run-export': say(
    'The component is no command.',
    yours,
    'Export wasi:cli/run. Functions of a component are called from code.',
  ),
  'malformed-module': say('The file is damaged, or is no valid WebAssembly.', yours, 'Build it anew.'),
  'module-over-limit': say('The program is too large.', yours, 'At most 64 MiB: strip its names and debug sections.'),
  'signature-malformed': say('Its signatures cannot be read.', yours, 'Take them out, or get the file anew.'),
  'signature-over-limit': say('It has too many signatures.', yours, 'At most eight: leave some out.'),
  'signature-false': say(
    'A signature in it is false: the program was changed since, or somebody else made it.',
    yours,
    'Get the file anew from who published it, and trust this one in nothing.',
  ),
  'import-not-allowed': say('The program asks for more than WASI preview 1.', yours, 'Build it without those imports.'),
  'host-call-not-offered': say(
    'The program asks for connections of its own, which no tab lends.',
    yours,
    'Give it what it needs as input, or let it ask for addresses (http_request).',
  ),
  'cannot-be-deterministic': say(
    'The program uses what differs from machine to machine.',
    yours,
    'Build it without threads, relaxed vectors and network, or ask for no determinism.',
  ),
  'contents-over-limit': say(
    'The job brings too many or too large contents.',
    yours,
    'At most 64, of 32 MiB together.',
  ),
  'feature-not-allowed': say('The program uses a feature that is not admitted.', yours, 'Build it without threads.'),
  'no-start-export': say('The program has no beginning (_start).', yours, 'Build it as a command, not as a library.'),
  'no-function-export': say('The program exports nothing that could be called.', yours, 'Export a function or _start.'),
  'no-memory-export': say('The program keeps its memory to itself.', yours, 'Export one memory named “memory”.'),
  'memory-over-limit': tasks['memory-over-limit'],
  'table-over-limit': say('The program’s table is too large.', yours, 'Build it with fewer functions in its table.'),
}

const inputs: Record<InputCode, Words> = {
  'too-many-strings': say('There are too many arguments.', yours, 'Put them into a file that the program reads.'),
  'string-not-allowed': say('An argument is too long or holds a zero byte.', yours, 'Put it into a file instead.'),
  'too-many-files': say('A task has too many files.', yours, 'At most 4,096 files: pack them into one archive.'),
  'value-not-allowed': say(
    'A value for a function is not allowed.',
    yours,
    'At most 64 numbers, bigints, booleans or short texts.',
  ),
  'path-not-allowed': say('A file’s path leaves the program’s own folder.', yours, 'Use plain relative paths.'),
  'script-too-long': say('A script has too many commands.', yours, 'At most 256 commands: make several tasks of it.'),
  'command-unknown': say(
    'There is no such command of a script.',
    yours,
    'Use deploy, start, transfer, run, sign and terminate.',
  ),
  'not-a-cid': say('This is not the name of a program, or of content.', yours, 'Give the file itself, or its CID.'),
  'script-out-of-order': say(
    'A script’s commands are not in order.',
    yours,
    'First deploy, then start, then the others.',
  ),
  'transfer-not-allowed': say(
    'A script’s transfer is not allowed.',
    yours,
    'From content to a file, or from a file to “content:”.',
  ),
  'script-beside-run': say(
    'A task has a script and input for one run.',
    yours,
    'Give each run of the script its own input.',
  ),
}

const typing: Record<TypeCode | 'not-interactive', Words> = {
  'not-interactive': say(
    'This job is not one that is typed into.',
    yours,
    'Submit it again as one that waits for you.',
  ),
  'no-such-task': say('The job has no such task.', yours, 'Choose another of its tasks.'),
  'terminal-over': say('The program has ended.', program, 'Its result is on this page.'),
  'input-ended': say('You ended its input before.', yours, 'Run it again to type more.'),
  'input-too-long': say('You typed more than 1 MiB into one program.', yours, 'Give large input as a file.'),
  'disk-full': say('There is no room left on this disk.', yours, 'Free some space, then type it again.'),
}

const networks: Record<NetworkCode, Words> = {
  unreachable: say('The other tab cannot be reached.', between, 'It may be closed. Wait, or invite somebody else.'),
  'timed-out': tasks['timed-out'],
  refused: say('The other tab did not take it.', theirs, 'It may be of another version: reload both pages.'),
  'over-quota': say('The other tab was asked too often.', yours, 'Wait a minute.'),
  'too-large': say('A message was too large.', yours, 'Cut the work into smaller tasks.'),
  closed: say('The connection ended in the middle.', between, 'Nothing to do: it is made anew.'),
}

const storages: Record<StorageCode, Words> = {
  'disk-full': say('There is no room left on this disk.', yours, 'Free some space, then reload the page.'),
  'storage-blocked': say(
    'This browser does not let the page keep data.',
    yours,
    'Allow site data for this address, or leave the private window.',
  ),
  'storage-broken': say('The browser’s database failed.', yours, 'Reload the page; if it stays, clear its site data.'),
}

/** Codes of negotiation and of the page itself, which other rooms carry as plain text. */
const others = {
  'storage-waits': say(
    'The browser’s database failed just then.',
    yours,
    'Wait: it is done as soon as the database answers. Or reload the page and ask again.',
  ),
  'not-matching': say('The offer does not fit the limits.', market, 'Lower the memory limit, or wait for others.'),
  'budget-too-small': say('Nobody works for this budget.', market, 'Set what the form says, or 0 for a gift.'),
  'over-budget': say('The budget does not cover it.', market, 'Raise the budget.'),
  'no-answer': say('It did not answer in time.', theirs, 'Nothing to do: it is asked again.'),
  'not-chosen': say('Others bid better.', market, 'Nothing to do.'),
  'terms-differ': say('The agreement was not what had been negotiated.', between, 'Nothing to do: it is made anew.'),
  'proposal-unknown': say(
    'It does not know what was negotiated any more.',
    theirs,
    'Nothing to do: it is asked again.',
  ),
  'sold-out': say('All its threads are taken.', theirs, 'Nothing to do: it is asked again soon.'),
  'ready-made-only': say('It runs ready-made programs only.', theirs, 'Choose one of those, or invite somebody.'),
  'requestor-blocked': say('It does not work for you.', theirs, 'Find other tabs.'),
  'offer-outdated': say('The offer is no longer valid.', theirs, 'Nothing to do: the new one is asked for.'),
  'offer-expired': say('The offer is over.', theirs, 'Nothing to do.'),
  'fuel-budget-used': say(
    'The fuel budget of this job is used up.',
    'What was done until then is kept.',
    'Raise the budget, or lower the fuel limit of one task, and run it again.',
  ),
  'fuel-limit-needed': say(
    'A fuel budget needs a fuel limit of one task.',
    'A task without a limit may use all there is.',
    'Set the fuel of one task as well.',
  ),
  'data-cap-reached': say(
    'Today’s data cap is reached, so this tab has stopped donating.',
    'It is the limit that you set.',
    'Raise it under “Your limits” on the Donate page and start again, or wait until midnight UTC.',
  ),
  'credit-exhausted': say(
    'Something from earlier work is still unpaid.',
    market,
    'Settle it, or ask for donated work with a budget of 0.',
  ),
  'newcomers-limit': say('It lends newcomers nothing now.', market, 'Nothing to do: it is asked again soon.'),
  'expires-too-late': say('A proposal would have stayed open for too long.', theirs, 'Nothing to do: it was declined.'),
  'too-many-threads': say('It asked for too many threads at once.', market, 'Nothing to do: it is asked again later.'),
  'receipt-refused': say('A receipt was refused.', theirs, 'Nothing to do: what it speaks of is not paid for.'),
  'not-asked-for': say('Another tab sent something that nobody asked for.', theirs, 'Nothing to do: it was dropped.'),
  'wrong-recipient': say('A request for another tab arrived here.', theirs, 'Nothing to do: it was dropped.'),
  'bad-signature': say('A message was not signed by its author.', theirs, 'Nothing to do: it was dropped.'),
  malformed: say('A message could not be read.', theirs, 'It may be of another version: reload both pages.'),
  'unknown-version': say('A message is of another version.', between, 'Reload both pages.'),
  'no-ed25519': say(
    'This browser cannot sign (Ed25519), so the page cannot start.',
    yours,
    'Use a newer one: Chrome 137, Firefox 129, Safari 17 or later.',
  ),
  'slot-taken': say('Another tab of this browser is that identity.', yours, 'Close it, then try again.'),
  'no-free-slot': say('Too many tabs of this page are open in this browser.', yours, 'Close one, then try again.'),
  unexpected: say(
    'Something failed that should not.',
    'It is on our side.',
    'Reload the page; if it stays, report the words below.',
  ),
  wrong: say('Its receipt does not prove its results.', theirs, elsewhere),
  'job-over': say('The job had ended already.', yours, 'Nothing to do.'),
  'source-lost': say(
    'The page was closed before the whole list of tasks was stored.',
    yours,
    'The tasks that were stored are done; run the rest again.',
  ),
  'not-sealed': say('What came was not sealed as agreed.', theirs, 'It is asked of somebody else.'),
  'content-missing': say('The program could not be fetched.', between, 'Keep the tab that has it open.'),
  'content-malformed': say('The program arrived damaged.', theirs, 'Nothing to do: it is fetched from another tab.'),
  'content-too-large': say('The file is too large to be passed on.', yours, 'Choose a smaller one.'),
  'wrong-receipt': say('Its receipt does not prove its results.', theirs, elsewhere),
  'wrong-result': say('Others came to another result than it did.', theirs, elsewhere),
  'receipt-not-found': say('The receipt is neither here nor in the network.', between, 'Try again later.'),
  'guild-unknown': say('There is no such room of yours.', yours, 'Open one; it lasts an hour.'),
  'guild-over': say('This room is over.', yours, 'Open another.'),
  'guild-full': say('Fifty are in it or asked.', yours, 'Send somebody away first.'),
  'no-key-to-seal-to': say('Nothing can be sealed to that tab.', theirs, 'It must be open, in a newer browser.'),
  'too-many-guilds': say('Too many rooms at once.', yours, 'Leave one first.'),
  'observers-listen': say('You are here to listen.', yours, 'Ask whoever opened the room.'),
  'nothing-to-dispute': say('What was run again here came to the same.', market, 'Nothing to do: it is right.'),
  'dispute-known': say('This was disputed before.', yours, 'It is not opened again.'),
  'dispute-not-comparable': say(
    'Nobody else can run this job again alike.',
    yours,
    'Choose “the same on every machine” when you run it, and do not seal it.',
  ),
  'dispute-ahead': say('It is dated in the future.', yours, 'Set the clock right.'),
  'too-many-disputes': say('Too many disputes with this provider are open.', yours, 'Wait until one of them ends.'),
  'result-not-stored': say('The result is not stored here any more.', yours, 'Run the job again.'),
  'proof-not-stored': say('What proves this result was not stored with it.', yours, 'Run the job again.'),
  late: say('It missed its deadline.', theirs, elsewhere),
  tired: say('It failed too often in this job.', theirs, elsewhere),
  'provider-restarted': say('The other tab was reloaded.', theirs, 'Nothing to do: its tasks are done anew.'),
  'origin-not-offered': say(
    'The other tab does not let programs fetch from an address of the job any more.',
    theirs,
    'Nothing to do: others are asked.',
  ),
  'origin-not-allowed': say(
    'An address to fetch from is not as it must be.',
    yours,
    'Write it like https://api.example.org, with nothing behind it.',
  ),
  'too-many-origins': say('There are too many addresses to fetch from.', yours, 'Name at most 8.'),
  'spoken-to': say(
    'What other tasks said to this one is not kept, so it cannot be run again alike.',
    'It is nobody’s fault.',
    'Nothing to do.',
  ),
  fetched: say(
    'What the program fetched is not kept, so it cannot be run again alike.',
    'It is nobody’s fault.',
    'Nothing to do.',
  ),
  'limit-out-of-range': say('A limit is out of its range.', yours, 'Look at memory, time and output.'),
  'not-comparable': say(
    'Two runs of this program may differ although both are right.',
    yours,
    'Have each task computed once, or build the program without what is named.',
  ),
  'quorum-out-of-range': say(
    'So many copies cannot be asked for.',
    yours,
    'At most 16 copies, and no more of them equal than there are; 1 to 7 witnesses.',
  ),
  'confidence-unattainable': say(
    'Nobody can be so sure with the providers in sight.',
    yours,
    'Ask for less, or wait for more providers.',
  ),
  'not-available': say('This comes with a later version.', 'It is on our side.', 'Nothing to do.'),
  'not-a-peer': say('This is not the identity of a node.', yours, 'Paste a did:key:… or 12D3Koo… of another tab.'),
  'job-output-malformed': say(
    'The program’s output is not of the form that this view shows.',
    program,
    'Download it and look at the raw output.',
  ),
  'job-unknown': say('This tab knows no such job.', yours, 'Jobs stay in the tab that submitted them.'),
  'page-not-loaded': notLoaded,
  'inputs-missing': say('The inputs of this job could not be loaded.', 'It is on the page’s server.', 'Try again.'),
  'module-not-fetched': say('The program could not be loaded.', 'It is on the server it comes from.', 'Try again.'),
  'no-module': say('No program was chosen.', yours, 'Drop a .wasm file, or choose one.'),
  'no-tasks': say('There is nothing to do.', yours, 'Give the list of tasks.'),
} satisfies Record<string, Words>

export type WordCode =
  | TaskErrorCode
  | keyof typeof modules
  | InputCode
  | NetworkCode
  | StorageCode
  | keyof typeof choices
  | keyof typeof ends
  | keyof typeof opinions
  | keyof typeof others
  | keyof typeof workflowWords

/** The one table of words: a new code of those rooms does not compile without its words. */
export const words: Readonly<Record<WordCode, Words>> = {
  ...networks,
  ...modules,
  ...inputs,
  ...typing,
  ...storages,
  ...choices,
  ...ends,
  ...opinions,
  ...others,
  ...workflowWords,
  ...tasks,
}

/** The words for a code; one that has none is told as it is. */
export function wordsFor(code: string): Words {
  return Object.hasOwn(words, code)
    ? words[code as WordCode]
    : say('Something failed.', 'Whose side it is on is not known.', 'Reload the page; if it stays, look up the code.')
}
