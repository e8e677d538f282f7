/* One tile of a picture.
   arguments: scene width height x y w h samples seed
   stdout:    w * h * 4 bytes, RGBA, row by row; nothing else
   exit:      0, or 2 with one line on stderr
   The same arguments give the same bytes on every machine, and tiles of one picture join without a seam. */
#include <stdlib.h>
#include <string.h>

#include "../stream.h"
#include "fractal.h"
#include "glasshouse.h"
#include "maths.h"
#include "sampler.h"
#include "tiles.h"

#define WIDEST 8192
#define MOST_SAMPLES 4096
#define LARGEST_TILE (1 << 20) /* pixels: 4 MiB of output */

/* The shoulder of film: highlights fade to white instead of breaking off (fit by Narkowicz, 2015). */
static float film(float x) { return clamp01(x * (2.51f * x + 0.03f) / (x * (2.43f * x + 0.59f) + 0.14f)); }

/* sRGB's curve from three square roots (fit by Chilliant, 2012: error below half a step of 8 bits). */
static float srgb(float x) {
  if (x < 0.0031308f) return x * 12.92f;
  float a = root(x), b = root(a), c = root(b);
  return 0.585122381f * a + 0.783140355f * b - 0.368262736f * c;
}

/* A little grain before rounding, so that a soft gradient shows no bands. */
static uint8_t channel(float light, uint32_t key) {
  float grain = fraction(hash(key)) - 0.5f;
  return (uint8_t)(clamp01((srgb(film(light * 0.8f)) * 255 + 0.5f + grain * 0.9f) / 255.999f) * 255.999f);
}

typedef struct {
  const scene *scene; /* none: the fractal */
  uint32_t width, height, samples, seed;
} picture;

static vec pixelAt(const picture *p, uint32_t x, uint32_t y) {
  vec sum = v3(0, 0, 0);
  uint32_t pixel = hash2(hash2(p->seed, x), y);
  float most = (float)p->width;
  for (uint32_t sample = 0; sample < p->samples; sample++) {
    sampler chance = {pixel, sample, 0};
    float u, v;
    draw(&chance, &u, &v);
    float px = (2 * ((float)x + u) - most) / most, py = ((float)p->height - 2 * ((float)y + v)) / most;
    vec light = p->scene ? lightAtPoint(p->scene, px, py, &chance) : fractalAt(px, py);
    float corner = 1 - 0.16f * (px * px + py * py); /* a lens darkens its corners a little */
    sum = add(sum, scale(light, corner));
  }
  return scale(sum, 1 / (float)p->samples);
}

int main(int count, char **arguments) {
  uint64_t width, height, x, y, w, h, samples, seed;
  picture p = {0};
  if (count != 10) return refuse("picture: give scene width height x y w h samples seed\n");
  if (!strcmp(arguments[1], "glasshouse")) p.scene = &glasshouse;
  else if (!strcmp(arguments[1], "tiles")) p.scene = &tiles;
  else if (strcmp(arguments[1], "fractal")) return refuse("picture: the scenes are glasshouse, tiles and fractal\n");
  if (!numberOf(arguments[2], WIDEST, &width) || !numberOf(arguments[3], WIDEST, &height) || !width || !height)
    return refuse("picture: width and height are 1 to 8192\n");
  if (!numberOf(arguments[4], WIDEST, &x) || !numberOf(arguments[5], WIDEST, &y) ||
      !numberOf(arguments[6], WIDEST, &w) || !numberOf(arguments[7], WIDEST, &h) || !w || !h || x + w > width ||
      y + h > height || w * h > LARGEST_TILE)
    return refuse("picture: the tile must lie inside the picture and hold at most 1048576 pixels\n");
  if (!numberOf(arguments[8], MOST_SAMPLES, &samples) || !samples || !numberOf(arguments[9], UINT32_MAX, &seed))
    return refuse("picture: samples are 1 to 4096, the seed 0 to 4294967295\n");
  p.width = (uint32_t)width;
  p.height = (uint32_t)height;
  p.samples = (uint32_t)samples;
  p.seed = (uint32_t)seed;
  uint8_t *bytes = malloc((size_t)(w * h * 4));
  if (!bytes) return refuse("picture: not enough memory for this tile\n");
  uint8_t *at = bytes;
  for (uint32_t row = (uint32_t)y; row < y + h; row++)
    for (uint32_t column = (uint32_t)x; column < x + w; column++) {
      vec light = pixelAt(&p, column, row);
      uint32_t key = hash2(column, row) & ~3u;
      *at++ = channel(light.x, key);
      *at++ = channel(light.y, key + 1);
      *at++ = channel(light.z, key + 2);
      *at++ = 255;
    }
  return writeAll(bytes, (size_t)(w * h * 4)) ? 0 : 1;
}
