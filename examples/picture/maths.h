/* Arithmetic with the same bits on every engine: + - * / and sqrt of 32-bit floats are exact by IEEE 754; all else is
   built from them here. Compile with -ffp-contract=off, so that no compiler fuses a product with a sum. */
#ifndef MATHS_H
#define MATHS_H

#include <stdint.h>

#define PI 3.14159265f

typedef struct {
  float x, y, z;
} vec;

static inline vec v3(float x, float y, float z) { return (vec){x, y, z}; }
static inline vec add(vec a, vec b) { return v3(a.x + b.x, a.y + b.y, a.z + b.z); }
static inline vec sub(vec a, vec b) { return v3(a.x - b.x, a.y - b.y, a.z - b.z); }
static inline vec mul(vec a, vec b) { return v3(a.x * b.x, a.y * b.y, a.z * b.z); }
static inline vec scale(vec a, float s) { return v3(a.x * s, a.y * s, a.z * s); }
static inline float dot(vec a, vec b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static inline vec cross(vec a, vec b) {
  return v3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x);
}
static inline float root(float x) { return __builtin_sqrtf(x); }
static inline vec unit(vec a) { return scale(a, 1 / root(dot(a, a))); }
static inline float larger(float a, float b) { return a > b ? a : b; }
static inline float smaller(float a, float b) { return a < b ? a : b; }
static inline float clamp01(float x) { return x < 0 ? 0 : x > 1 ? 1 : x; }
static inline float size(float x) { return x < 0 ? -x : x; }
static inline float mixf(float a, float b, float t) { return a + (b - a) * t; }
static inline vec mix(vec a, vec b, float t) { return add(scale(a, 1 - t), scale(b, t)); }
static inline float brightest(vec a) { return larger(a.x, larger(a.y, a.z)); }

/* 0 below a, 1 above b, a smooth cubic between them */
static inline float ramp(float a, float b, float x) {
  float t = clamp01((x - a) / (b - a));
  return t * t * (3 - 2 * t);
}

static inline float floorOf(float x) { return __builtin_floorf(x); }

/* sine of a turn's fraction: one period is 1. Taylor's series to the 9th power on a quarter turn, error below 4e-6. */
static inline float sineOfTurn(float turn) {
  float t = turn - floorOf(turn + 0.5f);
  if (t > 0.25f) t = 0.5f - t;
  if (t < -0.25f) t = -0.5f - t;
  float a = t * (2 * PI);
  float q = a * a;
  return a * (1 - q / 6 * (1 - q / 20 * (1 - q / 42 * (1 - q / 72))));
}

static inline float cosineOfTurn(float turn) { return sineOfTurn(turn + 0.25f); }

/* x to the power 2^doublings */
static inline float powerOfTwo(float x, int doublings) {
  while (doublings-- > 0) x *= x;
  return x;
}

/* Two axes that stand square on n (Duff and others, "Building an Orthonormal Basis, Revisited", 2017). */
static inline void basisOf(vec n, vec *a, vec *b) {
  float sign = n.z < 0 ? -1.0f : 1.0f;
  float p = -1 / (sign + n.z);
  float q = n.x * n.y * p;
  *a = v3(1 + sign * n.x * n.x * p, sign * q, -sign * n.x);
  *b = v3(q, sign + n.y * n.y * p, -n.y);
}

#endif
