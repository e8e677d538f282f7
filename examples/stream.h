/* Bytes in and out of a command, and numbers from its arguments. */
#ifndef STREAM_H
#define STREAM_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Says why on stderr; the exit code for a caller's mistake. */
static inline int refuse(const char *why) {
  (void)!write(2, why, strlen(why));
  return 2;
}

/* A decimal number from 0 to `most`; 0 where the text is anything else. */
static inline int numberOf(const char *text, uint64_t most, uint64_t *value) {
  uint64_t sum = 0;
  if (!*text) return 0;
  for (; *text; text++) {
    uint64_t digit = (uint64_t)(*text - '0');
    if (*text < '0' || *text > '9' || sum > (most - digit) / 10) return 0;
    sum = sum * 10 + digit;
  }
  *value = sum;
  return 1;
}

static inline int writeAll(const void *bytes, size_t length) {
  const char *at = bytes;
  while (length > 0) {
    ssize_t done = write(1, at, length);
    if (done <= 0) return 0;
    at += done;
    length -= (size_t)done;
  }
  return 1;
}

/* All of stdin, or a null pointer where memory ends. */
static inline char *readAll(size_t *length) {
  size_t room = 1 << 16, used = 0; /* a chapter fits; what is longer doubles it */
  char *bytes = malloc(room);
  for (;;) {
    if (!bytes) return NULL;
    ssize_t done = read(0, bytes + used, room - used);
    if (done <= 0) break;
    used += (size_t)done;
    if (used == room) {
      char *more = realloc(bytes, room *= 2);
      if (!more) free(bytes);
      bytes = more;
    }
  }
  *length = used;
  return bytes;
}

/* Output that is written in large pieces. */
typedef struct {
  size_t used;
  char bytes[1 << 14]; /* 16 KiB: a call to the host for each line would cost more than the search */
} outbox;

static inline int flush(outbox *out) {
  int done = writeAll(out->bytes, out->used);
  out->used = 0;
  return done;
}

static inline int put(outbox *out, const char *bytes, size_t length) {
  if (out->used + length > sizeof out->bytes && !flush(out)) return 0;
  if (length > sizeof out->bytes) return writeAll(bytes, length);
  memcpy(out->bytes + out->used, bytes, length);
  out->used += length;
  return 1;
}

static inline int putNumber(outbox *out, uint64_t value) {
  char digits[20];
  int at = 20;
  do digits[--at] = (char)('0' + value % 10);
  while (value /= 10);
  return put(out, digits + at, (size_t)(20 - at));
}

#endif
