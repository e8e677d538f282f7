import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pageBytes } from '../../activity/task.ts'
import { readValue, valueText } from '../../activity/value-text.ts'
import { ok, refuse } from '../../kernel/result.ts'
import { changedFiles, inFolder, ranProcess } from './process-run.ts'
import { type ReferenceEngine, slackBytes, slackMs, type WasmtimeTask } from './wasmtime.ts'

/** What a program may use beyond what was told of it, before it is stopped: enough to say that it does. */
const slackFuel = 1_000_000n

/** Runs what lies in its folder, and prints how that ended. */
const script = `
import json, resource, sys
from wasmtime import Config, Engine, ExitTrap, Linker, Module, Store, Trap, WasiConfig

folder = sys.argv[1]
task = json.load(open(folder + "/task.json"))
resource.setrlimit(resource.RLIMIT_FSIZE, (task["mostBytes"], task["mostBytes"]))
config = Config()
config.consume_fuel = True
engine = Engine(config)
store = Store(engine)
store.set_limits(memory_size=task["memoryBytes"])
given = int(task["fuel"])
store.set_fuel(given)
wasi = WasiConfig()
wasi.argv = ["program", *task["args"]]
wasi.env = task["env"]
wasi.stdin_file = folder + "/stdin"
wasi.stdout_file = folder + "/stdout"
wasi.stderr_file = folder + "/stderr"
wasi.preopen_dir(folder + "/root", "/")
store.set_wasi(wasi)
linker = Linker(engine)
linker.define_wasi()

def given_as(kind, value):
    if kind in ("f32", "f64"):
        return float(value)
    bits = 64 if kind == "i64" else 32
    whole = (int(value) if kind == "i64" else int(float(value))) & ((1 << bits) - 1)
    return whole - (1 << bits) if whole >> (bits - 1) else whole

end = {"exitCode": 0}
try:
    exports = linker.instantiate(store, Module.from_file(engine, folder + "/program")).exports(store)
    if task["invoke"] is None:
        exports["_start"](store)
    else:
        function = exports[task["invoke"]]
        kinds = function.type(store)
        params = [given_as(str(kind), value) for kind, value in zip(kinds.params, task["params"])]
        results = function(store, *params)
        results = [] if results is None else results if isinstance(results, list) else [results]
        end["values"] = [[str(kind), str(value)] for kind, value in zip(kinds.results, results)]
except ExitTrap as exit:
    end["exitCode"] = exit.code
except Trap as trap:
    end = {"exitCode": -1, "trap": str(trap)}
end["fuel"] = str(given - store.get_fuel())
print(json.dumps(end))
`

/** How it is told. */
type End = { exitCode: number; fuel: string; trap?: string; values?: [string, string][] }

/**
 * The wasmtime of this machine as the package of Python: it tells how much fuel was used, every exit code, and that there was a trap.
 * @param python a name to be looked for in PATH, or a path
 */
export function wasmtimePackage(python = 'python3'): ReferenceEngine {
  const ask = (args: readonly string[], timeoutMs = slackMs) =>
    ranProcess(python, args, { timeoutMs, mostBytes: slackBytes })

  return {
    async version() {
      const name = "import importlib.metadata, wasmtime; print('wasmtime', importlib.metadata.version('wasmtime'))"
      const asked = await ask(['-c', name])
      return asked?.exitCode === 0 ? new TextDecoder().decode(asked.stdout).trim() : undefined
    },
    isExact: true,
    run: (bytes, task) =>
      inFolder(bytes, task.input, async (folder) => {
        await writeFile(join(folder, 'task.json'), JSON.stringify(told(task)))
        const ended = await ask(['-c', script, folder], task.limits.timeoutMs + slackMs)
        if (ended?.exitCode === null) return refuse('timed-out')
        if (ended?.exitCode !== 0) return refuse('start-failed')
        const { exitCode, fuel, trap, values } = JSON.parse(new TextDecoder().decode(ended.stdout)) as End
        const [stdout, stderr] = await Promise.all([readBytes(folder, 'stdout'), readBytes(folder, 'stderr')])
        // What a trap interrupted is not told: its fuel is not written back, and files of a program that did not come to exit are nobody's.
        if (trap !== undefined) return ok({ exitCode, stdout, stderr, files: {} })
        const files = await changedFiles(join(folder, 'root'), task.input.files)
        return ok({ exitCode, stdout, stderr, files, fuel: BigInt(fuel), ...(values && { values: values.map(named) }) })
      }),
  }
}

function told({ input, limits, fuel }: WasmtimeTask) {
  const { args, env, invoke = null, params = [] } = input
  return {
    args,
    env: Object.entries(env),
    invoke,
    params: params.map((text) => String(readValue(text))),
    fuel: String(fuel + slackFuel),
    memoryBytes: limits.memoryPages * pageBytes,
    mostBytes: limits.outputBytes + slackBytes,
  }
}

const readBytes = async (folder: string, name: string) => new Uint8Array(await readFile(join(folder, name)))

/** A value as it is told here; Python calls the infinities otherwise. */
const named = ([kind, text]: readonly [string, string]): string =>
  valueText(kind === 'i64' ? BigInt(text) : Number(text.replace('inf', 'Infinity')))
