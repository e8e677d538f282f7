/* Adds up the tables that words.c writes, and any table of its own: so merges can stand in a row.
   arguments: [most], as many words as are kept, the most frequent first; all of them in order of their bytes without it
   stdin:     tables one behind the other
   stdout:    one table
   exit:      0, or 2 with one line on stderr */
#include "word-table.h"

static const char *const totalNames[] = {"=bytes", "=lines", "=words", "=distinct"};
#define TOTALS 4
#define DISTINCT 3

static int byCount(const void *a, const void *b) {
  const word *x = a, *y = b;
  return x->count == y->count ? inOrder(a, b) : x->count < y->count ? 1 : -1;
}

static int totalOf(const char *name, uint32_t length) {
  for (int i = 0; i < TOTALS; i++)
    if (strlen(totalNames[i]) == length && !memcmp(totalNames[i], name, length)) return i;
  return -1;
}

/* One line, "name<TAB>number"; an empty one is skipped. */
static int take(char *line, char *end, table *t, uint64_t *totals) {
  char *tab = memchr(line, '\t', (size_t)(end - line));
  if (line == end) return 1;
  uint64_t value;
  *end = 0;
  if (!tab || tab == line || !numberOf(tab + 1, UINT32_MAX, &value) || value == 0) return tab && *line == '=';
  uint32_t length = (uint32_t)(tab - line);
  int total = totalOf(line, length);
  if (total < 0) return count(t, line, length, (uint32_t)value);
  totals[total] += value;
  return 1;
}

int main(int argumentCount, char **arguments) {
  static outbox out;
  uint64_t most = 0, totals[TOTALS] = {0};
  if (argumentCount > 2 || (argumentCount == 2 && (!numberOf(arguments[1], UINT32_MAX, &most) || most == 0)))
    return refuse("merge: give at most how many words to keep\n");
  size_t length;
  char *text = readAll(&length);
  if (!text) return refuse("merge: not enough memory for these tables\n");
  table t = {0};
  for (char *at = text, *end = text + length; at < end;) {
    char *stop = memchr(at, '\n', (size_t)(end - at));
    if (!stop) return refuse("merge: a line does not end\n");
    if (!take(at, stop, &t, totals)) return refuse("merge: a line is no name and number\n");
    at = stop + 1;
  }
  uint32_t kept = sorted(&t);
  totals[DISTINCT] = kept;
  if (most > 0) {
    if (kept > 1) qsort(t.slots, kept, sizeof(word), byCount);
    if (kept > most) kept = (uint32_t)most;
  }
  int written = 1;
  for (int i = 0; written && i < TOTALS; i++)
    written = put(&out, totalNames[i], strlen(totalNames[i])) && putTotal(&out, "\t", totals[i]);
  return written && putWords(&out, &t, kept) && flush(&out) ? 0 : 1;
}
