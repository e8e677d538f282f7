/* Scene `glasshouse`: glass and stone spheres on the tiled floor of a conservatory, low sun through its panes. */
#ifndef GLASSHOUSE_H
#define GLASSHOUSE_H

#include "ball.h"
#include "trace.h"

#define HOUSE_BACK -3.6f
#define HOUSE_SIDE 4.4f
#define HOUSE_TOP 4.6f

static const ball balls[] = {
  {{-0.55f, 1.00f, -0.35f}, 1.00f, {GLASS, {0.97f, 0.99f, 0.97f}, 0}},
  {{1.22f, 0.62f, 0.15f}, 0.62f, {MATTE, {0.10f, 0.36f, 0.20f}, 0.045f}},
  {{0.48f, 0.34f, 1.12f}, 0.34f, {GLASS, {0.95f, 0.62f, 0.22f}, 0}},
  {{-1.86f, 0.50f, 0.72f}, 0.50f, {METAL, {0.95f, 0.70f, 0.36f}, 0.02f}},
  {{-0.86f, 0.27f, 1.38f}, 0.27f, {GLASS, {0.35f, 0.85f, 0.52f}, 0}},
  {{2.36f, 0.44f, -0.62f}, 0.44f, {MATTE, {0.70f, 0.26f, 0.13f}, 0.035f}},
  {{-2.55f, 0.78f, -1.45f}, 0.78f, {MATTE, {0.82f, 0.78f, 0.70f}, 0.03f}},
  {{1.92f, 0.24f, 1.16f}, 0.24f, {GLASS, {0.96f, 0.98f, 1.0f}, 0}},
  {{0.98f, 0.16f, 1.72f}, 0.16f, {MATTE, {0.80f, 0.74f, 0.62f}, 0.04f}},
  {{0.02f, 0.15f, 1.74f}, 0.15f, {METAL, {0.90f, 0.91f, 0.92f}, 0.0f}},
  {{-1.32f, 0.17f, 1.66f}, 0.17f, {MATTE, {0.68f, 0.22f, 0.12f}, 0.04f}},
  {{2.78f, 0.28f, 0.42f}, 0.28f, {MATTE, {0.86f, 0.66f, 0.24f}, 0.04f}},
  {{0.86f, 0.40f, -1.62f}, 0.40f, {METAL, {0.93f, 0.62f, 0.48f}, 0.03f}},
  {{-0.42f, 0.12f, 1.96f}, 0.12f, {MATTE, {0.13f, 0.42f, 0.25f}, 0.045f}},
  {{1.52f, 0.12f, 1.86f}, 0.12f, {GLASS, {0.42f, 0.68f, 0.92f}, 0}},
  {{-2.42f, 0.18f, 1.42f}, 0.18f, {GLASS, {0.90f, 0.55f, 0.50f}, 0}},
  {{3.30f, 0.62f, -1.90f}, 0.62f, {GLASS, {0.80f, 0.96f, 0.86f}, 0}},
};

#define BALLS (int)(sizeof balls / sizeof balls[0])

static int isFrame(float across, float up) {
  if (up < 0.42f) return 1;
  if (up > HOUSE_TOP) return 0;
  float pane = across / 1.1f + 0.5f;
  if (size(pane - floorOf(pane) - 0.5f) * 1.1f < 0.035f) return 1;
  float row = (up - 0.42f) / 1.18f;
  return size(row - floorOf(row + 0.5f)) * 1.18f < 0.03f || up > HOUSE_TOP - 0.1f;
}

static surface frameSurface(float up) {
  if (up < 0.36f) return (surface){MATTE, {0.74f, 0.70f, 0.63f}, 0};
  return (surface){MATTE, {0.045f, 0.10f, 0.07f}, 0.04f};
}

/* The nearest frame of the back or side walls. */
static int findFrame(ray r, hit *h) {
  int found = 0;
  if (size(r.along.z) > 1e-6f) {
    float t = (HOUSE_BACK - r.from.z) / r.along.z;
    float x = r.from.x + t * r.along.x, y = r.from.y + t * r.along.y;
    if (t > 1e-3f && t < h->far && size(x) < HOUSE_SIDE && y > 0 && isFrame(x, y)) {
      h->far = t;
      h->normal = v3(0, 0, r.along.z < 0 ? 1 : -1);
      h->surface = frameSurface(y);
      found = 1;
    }
  }
  for (float side = -HOUSE_SIDE; side <= HOUSE_SIDE; side += 2 * HOUSE_SIDE) {
    if (size(r.along.x) < 1e-6f) break;
    float t = (side - r.from.x) / r.along.x;
    float z = r.from.z + t * r.along.z, y = r.from.y + t * r.along.y;
    if (t > 1e-3f && t < h->far && z > HOUSE_BACK && z < 9 && y > 0 && isFrame(z - HOUSE_BACK, y)) {
      h->far = t;
      h->normal = v3(r.along.x < 0 ? 1 : -1, 0, 0);
      h->surface = frameSurface(y);
      found = 1;
    }
  }
  return found;
}

static surface floorAt(float x, float z) {
  if (size(x) > HOUSE_SIDE || z < HOUSE_BACK) return (surface){MATTE, {0.042f, 0.078f, 0.026f}, 0};
  float a = x / 0.62f, b = z / 0.62f;
  float ia = floorOf(a), ib = floorOf(b);
  float fa = size(a - ia - 0.5f), fb = size(b - ib - 0.5f);
  if (larger(fa, fb) > 0.487f) return (surface){MATTE, {0.24f, 0.21f, 0.18f}, 0};
  uint32_t each = hash2((uint32_t)(int)ia, (uint32_t)(int)ib);
  vec pale = v3(0.54f, 0.45f, 0.34f), green = v3(0.10f, 0.19f, 0.13f);
  vec colour = scale(((int)ia + (int)ib) & 1 ? pale : green, 0.80f + 0.24f * fraction(each));
  return (surface){MATTE, colour, 0.035f};
}

static int findInGlasshouse(ray r, hit *h) {
  int found = 0;
  if (r.along.y < -1e-6f) {
    float t = -r.from.y / r.along.y;
    if (t > 1e-3f && t < h->far) {
      h->far = t;
      h->normal = v3(0, 1, 0);
      h->surface = floorAt(r.from.x + t * r.along.x, r.from.z + t * r.along.z);
      found = 1;
    }
  }
  found |= findFrame(r, h);
  int nearest = -1;
  for (int i = 0; i < BALLS; i++) {
    float t = sphereAt(r, balls[i].centre, balls[i].radius, h->far);
    if (t > 0) {
      h->far = t;
      nearest = i;
    }
  }
  if (nearest < 0) return found;
  const ball *b = &balls[nearest];
  h->normal = scale(sub(add(r.from, scale(r.along, h->far)), b->centre), 1 / b->radius);
  h->surface = b->surface;
  h->span = 2 * b->radius;
  return 1;
}

/* Glass gathers the sun into a bright spot behind its middle; a shadow ray cannot bend, so its strength is put here by
   how squarely it meets the sphere. */
static vec sunInGlasshouse(vec from, vec along) {
  vec share = v3(1, 1, 1);
  ray r = {from, along};
  hit frame = {.far = FAR};
  if (findFrame(r, &frame)) return v3(0, 0, 0);
  for (int i = 0; i < BALLS; i++) {
    float t = sphereAt(r, balls[i].centre, balls[i].radius, FAR);
    if (t <= 0) continue;
    if (balls[i].surface.kind != GLASS) return v3(0, 0, 0);
    vec n = scale(sub(add(from, scale(along, t)), balls[i].centre), 1 / balls[i].radius);
    float square = powerOfTwo(dot(n, along), 2);
    float spot = powerOfTwo(square, 2);
    share = mul(share, scale(balls[i].surface.colour, 0.12f + 0.5f * square + 3.2f * spot));
  }
  return share;
}

static const vec sunOfGlasshouse = {-0.7205f, 0.5003f, -0.4803f};

static vec skyOverGlasshouse(vec along) {
  float level = root(along.x * along.x + along.z * along.z) + 1e-6f;
  float rise = along.y / level, turn = along.x / level;
  float towards = larger(0, dot(along, sunOfGlasshouse));
  float glow = powerOfTwo(towards, 2), halo = powerOfTwo(towards, 5);
  vec high = v3(0.13f, 0.27f, 0.46f), low = v3(0.80f, 0.56f, 0.36f);
  vec sky = mix(low, high, ramp(-0.05f, 0.75f, rise));
  sky = add(sky, add(scale(v3(0.75f, 0.42f, 0.18f), 0.45f * glow), scale(v3(1.0f, 0.80f, 0.5f), 0.9f * halo)));
  float crowns = size(sineOfTurn(turn * 7.3f)) * 0.030f + size(sineOfTurn(turn * 16.9f + 0.3f)) * 0.014f;
  float far = 0.165f + 0.050f * sineOfTurn(turn * 0.9f + 0.10f) + 0.022f * sineOfTurn(turn * 2.3f + 0.40f);
  float middle = 0.088f + 0.040f * sineOfTurn(turn * 1.2f + 0.62f) + 0.014f * sineOfTurn(turn * 3.7f);
  float near = 0.012f + 0.034f * sineOfTurn(turn * 1.4f + 0.30f) + crowns;
  if (rise < near) return add(v3(0.030f, 0.068f, 0.032f), scale(v3(0.06f, 0.04f, 0.01f), glow));
  if (rise < middle) return add(v3(0.085f, 0.145f, 0.095f), scale(v3(0.20f, 0.11f, 0.03f), glow));
  if (rise < far) return add(v3(0.20f, 0.25f, 0.27f), scale(v3(0.30f, 0.17f, 0.06f), glow));
  return sky;
}

static const scene glasshouse = {
  .eye = {0.30f, 1.32f, 7.4f},
  .target = {0.12f, 0.98f, 0.0f},
  .width = 0.86f,
  .aperture = 0.022f,
  .focus = 7.3f,
  .sunAlong = {-0.7205f, 0.5003f, -0.4803f},
  .sunColour = {4.6f, 3.35f, 1.95f},
  .sunRadius = 0.022f,
  .exposure = 0.95f,
  .find = findInGlasshouse,
  .sky = skyOverGlasshouse,
  .sunReaching = sunInGlasshouse,
};

#endif
