/* Where each sample of a pixel looks: the first pairs of numbers come from the Sobol sequence, scrambled anew for every
   pixel and pair (Burley, "Practical Hash-based Owen Scrambling", 2020), later ones from a hash. Far less grain than
   plain chance for the same work; a function of (seed, pixel, sample) alone, so that tiles join without a seam. */
#ifndef SAMPLER_H
#define SAMPLER_H

#include "maths.h"

#define SCRAMBLED_PAIRS 10 /* beyond some ten pairs the eye sees no gain */

typedef struct {
  uint32_t pixel, sample, pair;
} sampler;

static inline uint32_t hash(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  return x ^ x >> 16;
}

static inline uint32_t hash2(uint32_t a, uint32_t b) { return hash(a ^ hash(b + 0x9e3779b9u)); }
static inline float fraction(uint32_t x) { return (float)(x >> 8) * 0x1p-24f; }

static inline uint32_t mirrored(uint32_t x) {
  x = (x >> 1 & 0x55555555u) | (x & 0x55555555u) << 1;
  x = (x >> 2 & 0x33333333u) | (x & 0x33333333u) << 2;
  x = (x >> 4 & 0x0f0f0f0fu) | (x & 0x0f0f0f0fu) << 4;
  return __builtin_bswap32(x);
}

static inline uint32_t scrambled(uint32_t x, uint32_t key) {
  x = mirrored(x) + key;
  x ^= x * 0x6c50b47cu;
  x ^= x * 0xb82f1e52u;
  x ^= x * 0xc7afe638u;
  x ^= x * 0x8d22f6e6u;
  return mirrored(x);
}

static inline uint32_t sobolSecond(uint32_t index) {
  uint32_t direction = 1u << 31, x = 0;
  for (; index; index >>= 1, direction ^= direction >> 1)
    if (index & 1) x ^= direction;
  return x;
}

/* The next two numbers in [0, 1). */
static inline void draw(sampler *s, float *u, float *v) {
  uint32_t key = hash2(s->pixel, s->pair++);
  if (s->pair > SCRAMBLED_PAIRS) {
    *u = fraction(hash2(key, s->sample * 2));
    *v = fraction(hash2(key, s->sample * 2 + 1));
    return;
  }
  uint32_t index = scrambled(s->sample, key);
  *u = fraction(scrambled(mirrored(index), hash(key + 1)));
  *v = fraction(scrambled(sobolSecond(index), hash(key + 2)));
}

#endif
