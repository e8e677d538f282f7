/* Scene `fractal`: a spiral on the edge of the Mandelbrot set, lit like a relief. The slope comes from the derivative
   of the iteration (Mu-Ency, "Exterior distance estimation"); no logarithm is needed for the light, one for the colour. */
#ifndef FRACTAL_H
#define FRACTAL_H

#include "maths.h"

#define MOST_ROUNDS 1500
#define ESCAPED 1e6
#define MIDDLE_X -0.743643887
#define MIDDLE_Y 0.131825904
#define SPAN 0.00255 /* half the picture's width */
#define COLOUR_RATE 0.22f /* turns of the palette for each root of a round */

/* log2 by the exponent and a series in (m-1)/(m+1): error below 1e-6 */
static float log2Of(float x) {
  union {
    float f;
    uint32_t u;
  } bits = {x};
  int exponent = (int)(bits.u >> 23) - 127;
  bits.u = (bits.u & 0x7fffffu) | 0x3f800000u;
  float k = (bits.f - 1) / (bits.f + 1), q = k * k;
  float ln = 2 * k * (1 + q / 3 + q * q / 5 + q * q * q / 7 + q * q * q * q / 9 + q * q * q * q * q / 11);
  return (float)exponent + ln * 1.44269504f;
}

/* Night blue, deep green, leaf, amber and cream, over and over. */
static vec paletteAt(float turn) {
  static const vec colours[] = {{0.010f, 0.022f, 0.050f}, {0.008f, 0.085f, 0.060f}, {0.075f, 0.300f, 0.120f},
                                {0.720f, 0.420f, 0.090f}, {0.950f, 0.860f, 0.640f}, {0.330f, 0.110f, 0.050f}};
  float at = (turn - floorOf(turn)) * 6;
  int from = (int)at;
  return mix(colours[from], colours[(from + 1) % 6], ramp(0, 1, at - (float)from));
}

/* The colour of one point: x and y from -1 to 1 across the picture's width. */
static vec fractalAt(float px, float py) {
  double cx = MIDDLE_X + SPAN * (double)px, cy = MIDDLE_Y + SPAN * (double)py;
  double x = 0, y = 0, dx = 0, dy = 0, square = 0;
  int round = 0;
  for (; round < MOST_ROUNDS && square < ESCAPED; round++) {
    double nextDx = 2 * (x * dx - y * dy) + 1;
    dy = 2 * (x * dy + y * dx);
    dx = nextDx;
    double nextX = x * x - y * y + cx;
    y = 2 * x * y + cy;
    x = nextX;
    square = x * x + y * y;
  }
  if (square < ESCAPED) return v3(0.010f, 0.016f, 0.014f);
  double along = x * dx + y * dy, across = y * dx - x * dy;
  double length = __builtin_sqrt(along * along + across * across);
  float slopeX = (float)(along / length), slopeY = (float)(across / length);
  float smooth = (float)round + 1 - log2Of(0.5f * log2Of((float)square));
  float relief = clamp01((slopeX * -0.55f + slopeY * 0.62f + 1.15f) / 2.15f);
  float far = (float)(__builtin_sqrt(square / (dx * dx + dy * dy)) / SPAN) * 0.5f * log2Of((float)square);
  float edge = ramp(0, 0.010f, far); /* the set and its threads are ink, the land between them colour */
  vec colour = scale(paletteAt(root(smooth) * COLOUR_RATE), (0.42f + 0.95f * relief) * (0.10f + 0.90f * edge));
  return add(colour, scale(v3(1.0f, 0.90f, 0.72f), 0.16f * powerOfTwo(relief, 4) * edge));
}

#endif
