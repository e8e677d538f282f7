import { ok, type Result, refuse } from '../kernel/result.ts'
import type { SubmitRequest, TaskRequest } from './api.ts'

type Source = SubmitRequest['tasks']

/**
 * The tasks as they were given, with the first of a list looked at: a list without any is refused `no-tasks` before anybody
 * hears of a job. What comes one by one from an async source may have its first task much later, and is not waited for.
 */
export function withFirstTask(tasks: Source): Result<Source, 'no-tasks'> {
  if (isAsync(tasks)) return ok(tasks)
  if (!isList(tasks)) return refuse('no-tasks', { tasks: typeof tasks })
  const source = tasks[Symbol.iterator]()
  let first: IteratorResult<TaskRequest>
  try {
    first = source.next()
  } catch (error) {
    return ok(failing(error))
  }
  return first.done ? refuse('no-tasks') : ok(again(first.value, source))
}

const isAsync = (tasks: Source): tasks is AsyncIterable<TaskRequest> => Symbol.asyncIterator in Object(tasks)
const isList = (tasks: Source): tasks is Iterable<TaskRequest> => Symbol.iterator in Object(tasks)

function* again(first: TaskRequest, source: Iterator<TaskRequest>): Generator<TaskRequest> {
  yield first
  for (let next = source.next(); !next.done; next = source.next()) yield next.value
}

/** Fails where the list did, so that whoever reads it hears of it at the same place. */
// biome-ignore lint/correctness/useYield: it fails before the first
function* failing(error: unknown): Generator<TaskRequest> {
  throw error
}
