/* JavaScript, as a program like any other: QuickJS (npm quickjs-wasi) with this in front of it.
   arguments: what the script finds in `args`
   stdin:     the script
   stdout:    what it prints with print(...) or console.log(...), a line a call
   exit:      0, or 1 with the error on stderr where the script threw one
   The two are joined into one module and share its memory, which is laid out for QuickJS alone. So nothing here may be a constant in memory
   or a local with an address: text is written byte by byte into what QuickJS's own allocator gave. */
#include <stddef.h>
#include <stdint.h>

#define FROM(module, name) __attribute__((import_module(module), import_name(name)))
typedef int32_t value; /* a JavaScript value: where QuickJS keeps it */

FROM("quickjs", "_initialize") void initialize(void);
FROM("quickjs", "wasm_malloc") char *allocate(size_t size);
FROM("quickjs", "wasm_free") void release(void *at);
FROM("quickjs", "qjs_init") int init(void);
FROM("quickjs", "qjs_set_max_stack_size") void setDepth(int bytes);
FROM("quickjs", "qjs_eval") value eval(const char *code, size_t length, const char *name, int flags);
FROM("quickjs", "qjs_get_global") value globalObject(void);
FROM("quickjs", "qjs_get_undefined") value undefinedValue(void);
FROM("quickjs", "qjs_new_object") value newObject(void);
FROM("quickjs", "qjs_new_array") value newArray(void);
FROM("quickjs", "qjs_new_string") value newString(const char *text, size_t length);
FROM("quickjs", "qjs_new_host_function") value newFunction(const char *name, size_t length, int count);
FROM("quickjs", "qjs_set_prop_string") int setNamed(value object, const char *name, value what);
FROM("quickjs", "qjs_set_prop_uint32") int setAt(value array, uint32_t index, value what);
FROM("quickjs", "qjs_is_exception") int isException(value of);
FROM("quickjs", "qjs_get_exception") value takeException(void);
FROM("quickjs", "qjs_get_string_len") char *textOf(value of, size_t *length);
FROM("quickjs", "qjs_free_cstring") void releaseText(char *text);
FROM("quickjs", "qjs_free_value") void releaseValue(value of);
FROM("quickjs", "qjs_is_job_pending") int hasJob(void);
FROM("quickjs", "qjs_execute_pending_job") int runJob(void);

/* Of QuickJS's own stack, which grows with its calls: so deep that a script gets a RangeError which it can catch before the meter ends it. */
#ifndef DEPTH
#define DEPTH 32768
#endif

#define WASI(name) FROM("wasi_snapshot_preview1", name)
typedef struct {
  char *at;
  size_t length;
} span;
WASI("args_sizes_get") int argumentSizes(size_t *count, size_t *bytes);
WASI("args_get") int arguments(char **each, char *bytes);
WASI("fd_read") int readInto(int fd, const span *into, size_t count, size_t *got);
WASI("fd_write") int writeFrom(int fd, const span *from, size_t count, size_t *wrote);
WASI("proc_exit") _Noreturn void end(int code);

/* Room for what calls want to be pointed at, and for short names. */
typedef struct {
  span span;
  size_t count, bytes;
  char name[16];
} room;

static room *newRoom(void) { return (room *)allocate(sizeof(room)); }

/* Up to eight letters, the first in the lowest byte. */
static char *named(room *in, uint64_t letters) {
  for (int i = 0; i <= 8; i++) in->name[i] = i < 8 ? (char)(letters >> (8 * i)) : 0;
  return in->name;
}
#define PRINT 0x746e697270
#define LOG 0x676f6c
#define CONSOLE 0x656c6f736e6f63
#define ARGS 0x73677261
#define SCRIPT 0x747069726373

static void put(room *in, int fd, char *text, size_t length) {
  while (length > 0) {
    in->span.at = text;
    in->span.length = length;
    if (writeFrom(fd, &in->span, 1, &in->count) != 0 || in->count == 0) end(1);
    text += in->count;
    length -= in->count;
  }
}

static void putValue(room *in, int fd, value of) {
  char *text = textOf(of, &in->bytes);
  if (!text) return;
  put(in, fd, text, in->bytes);
  releaseText(text);
}

static void putLetter(room *in, int fd, char letter) {
  in->name[0] = letter;
  put(in, fd, in->name, 1);
}

_Noreturn static void fail(room *in) {
  putValue(in, 2, takeException());
  putLetter(in, 2, '\n');
  end(1);
}

static char *readAll(room *in, size_t *length) {
  size_t have = 0, size = 65536;
  char *text = allocate(size + 1);
  for (;;) {
    in->span.at = text + have;
    in->span.length = size - have;
    if (readInto(0, &in->span, 1, &in->count) != 0) end(1);
    if (in->count == 0) break;
    have += in->count;
    if (have < size) continue;
    char *larger = allocate(2 * size + 1);
    for (size_t i = 0; i < have; i++) larger[i] = text[i];
    release(text);
    text = larger;
    size *= 2;
  }
  text[have] = 0;
  *length = have;
  return text;
}

static value givenArguments(room *in) {
  argumentSizes(&in->count, &in->bytes);
  size_t count = in->count;
  char **each = (char **)allocate(count * sizeof(char *) + 1);
  arguments(each, allocate(in->bytes + 1));
  value all = newArray();
  for (size_t i = 1; i < count; i++) {
    size_t length = 0;
    while (each[i][length]) length++;
    setAt(all, (uint32_t)(i - 1), newString(each[i], length));
  }
  return all;
}

/* What QuickJS asks its host for. */
__attribute__((export_name("host_call"))) value hostCall(char *name, size_t length, value self, size_t count, value *given) {
  (void)name, (void)length, (void)self;
  room *in = newRoom();
  for (size_t i = 0; i < count; i++) {
    if (i > 0) putLetter(in, 1, ' ');
    putValue(in, 1, given[i]);
  }
  putLetter(in, 1, '\n');
  release(in);
  return undefinedValue();
}
__attribute__((export_name("host_interrupt"))) int hostInterrupt(void) { return 0; }
__attribute__((export_name("host_promise_rejection"))) void hostRejection(value promise, value why, int isHandled) {
  (void)promise, (void)why, (void)isHandled;
}
__attribute__((export_name("host_module_normalize"))) int hostNormalize(char *base, char *name) { return (void)base, (void)name, 0; }
__attribute__((export_name("host_module_load"))) int hostLoad(char *name, size_t *length) { return (void)name, (void)length, 0; }
__attribute__((export_name("host_get_timezone_offset"))) int hostOffset(int high, int low) { return (void)high, (void)low, 0; } /* everybody lives in UTC */

__attribute__((export_name("_start"))) void start(void) {
  initialize();
  if (init() != 0) end(1);
  setDepth(DEPTH);
  room *in = newRoom();
  value global = globalObject(), console = newObject();
  setNamed(global, named(in, PRINT), newFunction(named(in, PRINT), 5, 0));
  setNamed(console, named(in, LOG), newFunction(named(in, LOG), 3, 0));
  setNamed(global, named(in, CONSOLE), console);
  setNamed(global, named(in, ARGS), givenArguments(in));
  size_t *length = (size_t *)allocate(sizeof(size_t));
  char *script = readAll(in, length);
  value result = eval(script, *length, named(in, SCRIPT), 0);
  if (isException(result)) fail(in);
  while (hasJob())
    if (runJob() < 0) fail(in);
}
