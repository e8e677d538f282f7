/* Scene `tiles`: a field of tiles that fills in from one corner, each finished one lit from within. */
#ifndef TILES_H
#define TILES_H

#include "ball.h"
#include "trace.h"

#define FIELD 14        /* tiles on each side of the middle */
#define GAP 0.045f      /* half the joint between two tiles */
#define BEVEL 0.055f    /* width of the rounded edge */
#define TALLEST 0.62f

static const ball pearls[] = {
  {{0.55f, 1.22f, 1.35f}, 0.78f, {GLASS, {0.96f, 0.99f, 0.97f}, 0}},
  {{-2.60f, 0.887f, 0.30f}, 0.46f, {METAL, {0.96f, 0.72f, 0.40f}, 0.03f}},
  {{2.08f, 0.744f, 3.05f}, 0.34f, {MATTE, {0.86f, 0.82f, 0.74f}, 0.04f}},
};

#define PEARLS (int)(sizeof pearls / sizeof pearls[0])

static uint32_t tileKey(int i, int j) { return hash2((uint32_t)i * 7919u + 11u, (uint32_t)j); }

/* How far the front has passed this tile: over 0 done, under 0 to come. */
static float tileProgress(int i, int j) {
  return 0.55f - 0.42f * (float)i - 0.16f * (float)j + 2.4f * (fraction(tileKey(i, j)) - 0.5f);
}

static float tileHeight(int i, int j) {
  float wave = 0.5f + 0.5f * sineOfTurn(0.061f * (float)i - 0.083f * (float)j + 0.2f);
  float own = fraction(hash(tileKey(i, j)));
  return 0.10f + 0.26f * wave + 0.16f * own * own + (tileProgress(i, j) > 0 ? 0.06f : 0);
}

static surface tileSurface(int i, int j) {
  float own = fraction(hash(tileKey(i, j) + 5));
  float progress = tileProgress(i, j);
  if (progress > -0.22f && progress < 0.0f) return (surface){LIGHT, {2.6f, 1.35f, 0.36f}, 0};
  if (progress < 0) return (surface){MATTE, {0.40f + 0.14f * own, 0.38f + 0.14f * own, 0.34f + 0.13f * own}, 0.03f};
  if (own > 0.90f) return (surface){LIGHT, {0.16f, 0.85f, 0.34f}, 0};
  if (own > 0.80f) return (surface){MATTE, {0.62f, 0.36f, 0.08f}, 0.04f};
  vec deep = v3(0.018f, 0.105f, 0.055f), fresh = v3(0.085f, 0.30f, 0.12f);
  return (surface){MATTE, mix(deep, fresh, own * 1.25f), 0.045f};
}

/* A rounded edge by tilting the normal near it. */
static vec tileNormal(vec at, int i, int j, vec flat) {
  float x = at.x - (float)i, z = at.z - (float)j;
  float half = 0.5f - GAP;
  float ex = ramp(half - BEVEL, half, size(x)), ez = ramp(half - BEVEL, half, size(z));
  if (flat.y > 0.5f) return unit(v3(x < 0 ? -ex : ex, 1.02f, z < 0 ? -ez : ez));
  float top = ramp(BEVEL, 0, tileHeight(i, j) - at.y);
  return unit(add(flat, v3(0, top, 0)));
}

/* Walks the grid under the ray cell by cell; each cell holds one box. */
static int findTile(ray r, hit *h, int shade) {
  float start = 1e-3f;
  if (r.from.y > TALLEST) {
    if (r.along.y >= 0) return 0;
    start = (TALLEST - r.from.y) / r.along.y;
  }
  float end = h->far;
  if (r.along.y > 1e-6f) end = smaller(end, (TALLEST - r.from.y) / r.along.y);
  if (r.along.y < -1e-6f) end = smaller(end, -r.from.y / r.along.y);
  if (start > end) return 0;
  vec at = add(r.from, scale(r.along, start));
  int i = (int)floorOf(at.x + 0.5f), j = (int)floorOf(at.z + 0.5f);
  int si = r.along.x < 0 ? -1 : 1, sj = r.along.z < 0 ? -1 : 1;
  vec inverse = v3(size(r.along.x) > 1e-9f ? 1 / r.along.x : FAR, size(r.along.y) > 1e-9f ? 1 / r.along.y : FAR,
                   size(r.along.z) > 1e-9f ? 1 / r.along.z : FAR);
  float half = 0.5f - GAP;
  for (int steps = 0; steps < 6 * FIELD; steps++) {
    if (i >= -FIELD && i <= FIELD && j >= -FIELD * 2 && j <= FIELD) {
      float high = tileHeight(i, j);
      float x0 = ((float)i - half - r.from.x) * inverse.x, x1 = ((float)i + half - r.from.x) * inverse.x;
      float z0 = ((float)j - half - r.from.z) * inverse.z, z1 = ((float)j + half - r.from.z) * inverse.z;
      float y0 = (-1 - r.from.y) * inverse.y, y1 = (high - r.from.y) * inverse.y;
      float nx = smaller(x0, x1), ny = smaller(y0, y1), nz = smaller(z0, z1);
      float in = larger(nx, larger(ny, nz));
      float out = smaller(larger(x0, x1), smaller(larger(y0, y1), larger(z0, z1)));
      if (in < out && in > 1e-3f && in < h->far) {
        h->far = in;
        if (!shade) return 1;
        vec flat = in == ny ? v3(0, 1, 0) : in == nx ? v3((float)-si, 0, 0) : v3(0, 0, (float)-sj);
        h->normal = tileNormal(add(r.from, scale(r.along, in)), i, j, flat);
        if (dot(h->normal, r.along) > -1e-3f) h->normal = flat;
        h->surface = tileSurface(i, j);
        return 1;
      }
    }
    float tx = ((float)i + 0.5f * (float)si - r.from.x) * inverse.x;
    float tz = ((float)j + 0.5f * (float)sj - r.from.z) * inverse.z;
    if (smaller(tx, tz) > end) return 0;
    if (tx < tz) i += si;
    else j += sj;
  }
  return 0;
}

static int findInTiles(ray r, hit *h) {
  int found = 0;
  if (r.along.y < -1e-6f) {
    float t = -r.from.y / r.along.y;
    if (t > 1e-3f && t < h->far) {
      h->far = t;
      h->normal = v3(0, 1, 0);
      h->surface = (surface){MATTE, {0.10f, 0.10f, 0.09f}, 0};
      found = 1;
    }
  }
  int nearest = -1;
  for (int i = 0; i < PEARLS; i++) {
    float t = sphereAt(r, pearls[i].centre, pearls[i].radius, h->far);
    if (t > 0) {
      h->far = t;
      nearest = i;
    }
  }
  if (findTile(r, h, 1)) return 1;
  if (nearest < 0) return found;
  h->normal = scale(sub(add(r.from, scale(r.along, h->far)), pearls[nearest].centre), 1 / pearls[nearest].radius);
  h->surface = pearls[nearest].surface;
  h->span = 2 * pearls[nearest].radius;
  return 1;
}

static vec sunOverTiles(vec from, vec along) {
  vec share = v3(1, 1, 1);
  ray r = {from, along};
  hit h = {.far = FAR};
  if (findTile(r, &h, 0)) return v3(0, 0, 0);
  for (int i = 0; i < PEARLS; i++) {
    float t = sphereAt(r, pearls[i].centre, pearls[i].radius, FAR);
    if (t <= 0) continue;
    if (pearls[i].surface.kind != GLASS) return v3(0, 0, 0);
    vec n = scale(sub(add(from, scale(along, t)), pearls[i].centre), 1 / pearls[i].radius);
    float square = powerOfTwo(dot(n, along), 2);
    share = mul(share, scale(pearls[i].surface.colour, 0.12f + 0.5f * square + 3.2f * powerOfTwo(square, 2)));
  }
  return share;
}

static vec skyOverTiles(vec along) {
  float high = clamp01(along.y);
  vec sky = mix(v3(0.62f, 0.46f, 0.36f), v3(0.16f, 0.24f, 0.40f), ramp(0, 0.8f, high));
  float window = ramp(0.86f, 0.93f, dot(along, v3(-0.62f, 0.60f, 0.506f)));
  return add(scale(sky, 0.62f), scale(v3(1.3f, 1.1f, 0.85f), window));
}

static const scene tiles = {
  .eye = {4.4f, 5.6f, 9.6f},
  .target = {-0.25f, 0.0f, 0.35f},
  .width = 0.80f,
  .aperture = 0.075f,
  .focus = 10.2f,
  .sunAlong = {-0.8005f, 0.5003f, -0.3302f},
  .sunColour = {2.1f, 1.55f, 0.95f},
  .sunRadius = 0.045f,
  .exposure = 0.95f,
  .find = findInTiles,
  .sky = skyOverTiles,
  .sunReaching = sunOverTiles,
};

#endif
