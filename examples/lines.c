/* Part of a large text that all tasks share: how many of its lines hold a word.
   arguments: word parts
   content:   the text, the first file that the job declares; this task reads its part of `parts`, by its index
   stdout:    the number of lines; a line belongs to the part in which it begins
   beside:    a line in the log, the counters `lines` and `bytes`, and its progress
   exit:      0, or 2 with one line in the log */
#include "tabmesh.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 65536

static char chunk[CHUNK];
static char line[4096];

static void say(uint32_t level, const char *text) { tabmesh_log(level, text, (uint32_t)strlen(text)); }
static void add(const char *name, uint64_t amount) { tabmesh_count(name, (uint32_t)strlen(name), amount); }

static int fail(const char *why) {
  say(TABMESH_ERROR, why);
  return 2;
}

int main(int count, char **arguments) {
  if (count != 3) return fail("arguments: word parts");
  const char *word = arguments[1];
  int64_t parts = atoll(arguments[2]), length = tabmesh_content_length(0), index = tabmesh_task_index();
  if (length < 0) return fail("the job declares no content");
  if (parts < 1 || index >= parts) return fail("there is no such part");
  int64_t from = length * index / parts, until = length * (index + 1) / parts;

  uint64_t lines = 0, found = 0;
  size_t filled = 0;
  int isOurs = from == 0; /* a line that begins before is another's */
  int64_t at = from > 0 ? from - 1 : 0;
  for (int isOver = 0; !isOver;) {
    int32_t got = tabmesh_content_read(0, (uint64_t)at, chunk, CHUNK);
    if (got < 0) return fail("the content cannot be read");
    for (int32_t i = 0; i <= got && !isOver; i++) {
      int isEnd = i == got;
      if (isEnd && got > 0) break;
      if (!isEnd && chunk[i] != '\n') {
        if (filled < sizeof line - 1) line[filled++] = chunk[i];
        continue;
      }
      line[filled] = 0;
      if (isOurs && (filled > 0 || !isEnd)) lines++, found += strstr(line, word) != 0;
      filled = 0;
      isOurs = 1;
      isOver = isEnd || at + i + 1 >= until;
    }
    at += got;
    int64_t done = at - from, all = until - from;
    tabmesh_progress(all > 0 && done < all ? (uint32_t)(done * 1000 / all) : 1000);
  }
  add("lines", lines);
  add("bytes", (uint64_t)(until - from));
  char said[64];
  snprintf(said, sizeof said, "part %lld of %lld", (long long)index + 1, (long long)parts);
  say(TABMESH_INFO, said);
  printf("%llu\n", (unsigned long long)found);
  return 0;
}
