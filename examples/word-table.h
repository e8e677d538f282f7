/* Words and how often each stands somewhere. */
#ifndef WORD_TABLE_H
#define WORD_TABLE_H

#include "stream.h"

typedef struct {
  const char *bytes;
  uint32_t length, count;
} word;

typedef struct {
  word *slots;
  uint32_t room, used;
} table;

/* FNV-1a, 32 bits (Fowler, Noll, Vo). */
static uint32_t keyOf(const char *bytes, uint32_t length) {
  uint32_t key = 0x811c9dc5u;
  for (uint32_t i = 0; i < length; i++) key = (key ^ (unsigned char)bytes[i]) * 0x01000193u;
  return key;
}

static word *slotOf(const table *t, const char *bytes, uint32_t length) {
  uint32_t at = keyOf(bytes, length) & (t->room - 1);
  while (t->slots[at].count && (t->slots[at].length != length || memcmp(t->slots[at].bytes, bytes, length)))
    at = (at + 1) & (t->room - 1);
  return &t->slots[at];
}

static int grow(table *t) {
  table larger = {.room = t->room ? t->room * 2 : 4096, .used = t->used};
  larger.slots = calloc(larger.room, sizeof(word));
  if (!larger.slots) return 0;
  for (uint32_t i = 0; i < t->room; i++)
    if (t->slots[i].count) *slotOf(&larger, t->slots[i].bytes, t->slots[i].length) = t->slots[i];
  free(t->slots);
  *t = larger;
  return 1;
}

static int count(table *t, const char *bytes, uint32_t length, uint32_t times) {
  if (t->used * 2 >= t->room && !grow(t)) return 0;
  word *slot = slotOf(t, bytes, length);
  if (!slot->count) {
    slot->bytes = bytes;
    slot->length = length;
    t->used++;
  }
  slot->count += times;
  return 1;
}

static int inOrder(const void *a, const void *b) {
  const word *x = a, *y = b;
  int order = memcmp(x->bytes, y->bytes, x->length < y->length ? x->length : y->length);
  return order ? order : (int)x->length - (int)y->length;
}

static int putTotal(outbox *out, const char *name, uint64_t value) {
  return put(out, name, strlen(name)) && putNumber(out, value) && put(out, "\n", 1);
}

/* Drops the empty slots and puts the words in the order of their bytes; gives how many there are. */
static uint32_t sorted(table *t) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < t->room; i++)
    if (t->slots[i].count) t->slots[kept++] = t->slots[i];
  if (kept > 1) qsort(t->slots, kept, sizeof(word), inOrder);
  return kept;
}

static int putWords(outbox *out, const table *t, uint32_t kept) {
  int written = 1;
  for (uint32_t i = 0; written && i < kept; i++)
    written = put(out, t->slots[i].bytes, t->slots[i].length) && put(out, "\t", 1) &&
              putNumber(out, t->slots[i].count) && put(out, "\n", 1);
  return written;
}

#endif
