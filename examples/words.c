/* How often each word stands in a piece of text.
   arguments: [name]
   stdin:     the piece, UTF-8
   stdout:    four totals, "=bytes<TAB>n", "=lines", "=words" and "=distinct", then "word<TAB>count", words in order of
              their bytes
   exit:      0, or 2 with one line on stderr
   A word is a run of letters and digits with apostrophes inside it, in small letters (ASCII and Latin-1). */
#include "word-table.h"

/* The bytes of the letter or digit at `at`, 0 for anything else; makes it small on the way. */
static uint32_t letterAt(char *at, const char *end) {
  unsigned char c = (unsigned char)*at;
  if (c >= 'A' && c <= 'Z') *at = (char)(c + 32);
  if (c < 0x80) return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  if (c >= 0xc3 && c <= 0xdf && end - at >= 2) {
    unsigned char next = (unsigned char)at[1];
    if (c == 0xc3 && (next == 0x97 || next == 0xb7)) return 0; /* the signs for times and divided by */
    if (c == 0xc3 && next <= 0x9e) at[1] = (char)(next + 32);
    if (c == 0xc5 && next == 0x92) at[1] = (char)(next + 1);
    return 2;
  }
  return c >= 0xe3 && c <= 0xed && end - at >= 3 ? 3 : 0;
}

static uint32_t apostropheAt(const char *at, const char *end) {
  if (*at == '\'') return 1;
  return end - at >= 3 && !memcmp(at, "\xe2\x80\x99", 3) ? 3 : 0;
}

/* The word that begins at `at`, written small in place, with the curly apostrophe made straight. */
static char *wordAt(char *at, const char *end, uint32_t *length) {
  char *to = at;
  uint32_t step;
  char *from = at;
  while (from < end) {
    if ((step = letterAt(from, end))) {
      memmove(to, from, step);
      to += step;
      from += step;
    } else if ((step = apostropheAt(from, end)) && from + step < end && letterAt(from + step, end)) {
      *to++ = '\'';
      from += step;
    } else break;
  }
  *length = (uint32_t)(to - at);
  return from;
}

int main(int argumentCount, char **arguments) {
  static outbox out;
  (void)arguments;
  if (argumentCount > 2) return refuse("words: give at most the name of the piece\n");
  size_t length;
  char *text = readAll(&length);
  if (!text) return refuse("words: not enough memory for this piece\n");
  table t = {0};
  uint64_t lines = 0, words = 0;
  const char *end = text + length;
  for (char *at = text; at < end;) {
    uint32_t size;
    if (!letterAt(at, end)) {
      lines += *at++ == '\n';
      continue;
    }
    char *next = wordAt(at, end, &size);
    if (!count(&t, at, size, 1)) return refuse("words: not enough memory for these words\n");
    words++;
    at = next;
  }
  if (length > 0 && end[-1] != '\n') lines++;
  uint32_t kept = sorted(&t);
  int written = putTotal(&out, "=bytes\t", length) && putTotal(&out, "=lines\t", lines) &&
                putTotal(&out, "=words\t", words) && putTotal(&out, "=distinct\t", kept) && putWords(&out, &t, kept);
  return written && flush(&out) ? 0 : 1;
}
