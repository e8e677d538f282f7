/* The lines of a piece of text that hold a pattern, taken literally.
   arguments: [-i] [-w] [--] pattern [name] [offset]
              -i: upper and lower case alike (A to Z only); -w: whole words only; name and offset: of this piece
   stdin:     the piece
   stdout:    "offset<TAB>line" for each line found; the offset counts bytes from the start of the whole text
   exit:      0 whether or not a line was found, or 2 with one line on stderr */
#include "stream.h"

#define FARTHEST ((uint64_t)1 << 53) /* what a JavaScript number holds exactly */

typedef struct {
  const char *bytes;
  size_t length;
  int anyCase, wholeWords;
} pattern;

static char folded(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

/* Letters, digits, and every byte of a character outside ASCII. */
static int isWordByte(char c) {
  char f = folded(c);
  return (f >= 'a' && f <= 'z') || (f >= '0' && f <= '9') || f == '_' || (unsigned char)c >= 0x80;
}

/* Whether the character beside a find ends a word there; a dash of three bytes does. */
static int endsBefore(const char *at, const char *start) {
  if (at == start) return 1;
  if (at - start >= 3 && (unsigned char)at[-3] == 0xe2 && (unsigned char)at[-2] == 0x80) return 1;
  return !isWordByte(at[-1]);
}

static int endsAfter(const char *at, const char *end) {
  if (at == end) return 1;
  if (end - at >= 3 && (unsigned char)at[0] == 0xe2 && (unsigned char)at[1] == 0x80) return 1;
  return !isWordByte(*at);
}

static int holds(const pattern *p, const char *line, const char *end) {
  for (const char *at = line; at + p->length <= end; at++) {
    size_t same = 0;
    while (same < p->length && (p->anyCase ? folded(at[same]) : at[same]) == p->bytes[same]) same++;
    if (same < p->length) continue;
    if (!p->wholeWords || (endsBefore(at, line) && endsAfter(at + same, end))) return 1;
  }
  return 0;
}

int main(int count, char **arguments) {
  static outbox out;
  pattern p = {0};
  int at = 1;
  for (; at < count && arguments[at][0] == '-' && arguments[at][1]; at++) {
    if (!strcmp(arguments[at], "-i")) p.anyCase = 1;
    else if (!strcmp(arguments[at], "-w")) p.wholeWords = 1;
    else if (!strcmp(arguments[at], "--")) {
      at++;
      break;
    } else return refuse("search: the options are -i and -w; put -- before a pattern that begins with a dash\n");
  }
  uint64_t offset = 0;
  if (at >= count || !arguments[at][0] || count - at > 3)
    return refuse("search: give [-i] [-w] pattern [name] [offset]\n");
  if (count - at == 3 && !numberOf(arguments[at + 2], FARTHEST, &offset))
    return refuse("search: the offset is a whole number of bytes\n");
  char *sought = arguments[at];
  if (p.anyCase)
    for (char *c = sought; *c; c++) *c = folded(*c);
  p.bytes = sought;
  p.length = strlen(sought);
  size_t length;
  char *text = readAll(&length);
  if (!text) return refuse("search: not enough memory for this piece\n");
  for (const char *line = text, *end = text + length; line < end;) {
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    if (!stop) stop = end;
    if (holds(&p, line, stop)) {
      int written = putNumber(&out, offset + (uint64_t)(line - text)) && put(&out, "\t", 1) &&
                    put(&out, line, (size_t)(stop - line)) && put(&out, "\n", 1);
      if (!written) return 1;
    }
    line = stop + 1;
  }
  return flush(&out) ? 0 : 1;
}
