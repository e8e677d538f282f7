/* The path tracer: follows light backwards from the eye through a scene of matte, polished, metal and glass surfaces.
   One sun is asked directly at every matte point; the sky is found by chance. */
#ifndef TRACE_H
#define TRACE_H

#include "maths.h"
#include "sampler.h"

#define FAR 1e9f
#define STEP_OFF 1e-3f     /* a new ray starts this far off its surface, or it would hit it again */
#define MOST_BOUNCES 14    /* a glass sphere behind a glass sphere takes eight */
#define GRAIN_CEILING 2.5f /* one indirect path adds at most this: a rare bright path would be a white dot */

typedef enum { MATTE, METAL, GLASS, LIGHT } kind;

typedef struct {
  kind kind;
  vec colour;   /* reflected share; glass: share left after one diameter; light: radiance */
  float polish; /* matte: mirrored share at a right angle, 0 none; metal: roughness */
} surface;

typedef struct {
  vec from, along;
} ray;

typedef struct {
  float far; /* distance; set before asking: nothing farther is found */
  vec normal;
  surface surface;
  float span; /* glass: its diameter */
} hit;

typedef struct {
  vec eye, target;
  float width;   /* of the view at distance 1 */
  float aperture, focus;
  vec sunAlong, sunColour;
  float sunRadius; /* in radians */
  float exposure;
  int (*find)(ray r, hit *h);
  vec (*sky)(vec along);
  vec (*sunReaching)(vec from, vec along); /* share of sunlight that arrives: 0 to 1, more behind a lens */
} scene;

static inline vec disc(float u, float v) {
  float r = root(u);
  return v3(r * cosineOfTurn(v), r * sineOfTurn(v), 0);
}

static inline vec aroundNormal(vec n, float u, float v) {
  vec a, b, d = disc(u, v);
  basisOf(n, &a, &b);
  return unit(add(add(scale(a, d.x), scale(b, d.y)), scale(n, root(larger(0, 1 - u)))));
}

static inline vec reflected(vec along, vec n) { return sub(along, scale(n, 2 * dot(along, n))); }

/* Schlick's approximation of Fresnel's reflection. */
static inline float mirroredShare(float straight, float cosine) {
  float m = clamp01(1 - cosine);
  return straight + (1 - straight) * m * m * m * m * m;
}

static vec throughGlass(const hit *h, vec along, float u, vec *carried) {
  float cosine = -dot(along, h->normal);
  int entering = cosine > 0;
  vec n = entering ? h->normal : scale(h->normal, -1);
  float ratio = entering ? 1 / 1.5f : 1.5f;
  float c = size(cosine);
  float k = 1 - ratio * ratio * (1 - c * c);
  if (!entering) {
    float share = clamp01(h->far / h->span);
    *carried = mul(*carried, mix(v3(1, 1, 1), h->surface.colour, share));
  }
  if (k <= 0) return reflected(along, n);
  float inner = root(k);
  if (u < mirroredShare(0.04f, entering ? c : inner)) return reflected(along, n);
  return unit(add(scale(along, ratio), scale(n, ratio * c - inner)));
}

static vec sunlightAt(const scene *s, vec at, vec normal, sampler *chance) {
  float u, v;
  vec a, b;
  draw(chance, &u, &v);
  vec d = disc(u, v);
  basisOf(s->sunAlong, &a, &b);
  vec towards = unit(add(s->sunAlong, scale(add(scale(a, d.x), scale(b, d.y)), s->sunRadius)));
  float slope = dot(normal, towards);
  if (slope <= 0) return v3(0, 0, 0);
  return scale(mul(s->sunColour, s->sunReaching(at, towards)), slope);
}

static vec calmed(vec share, int direct) {
  float most = brightest(share);
  return direct || most <= GRAIN_CEILING ? share : scale(share, GRAIN_CEILING / most);
}

/* The light that comes to r.from against r.along. */
static vec lightAlong(const scene *s, ray r, sampler *chance) {
  vec light = v3(0, 0, 0), carried = v3(1, 1, 1);
  int direct = 1; /* no matte surface yet: the sun itself can be seen */
  for (int bounce = 0; bounce < MOST_BOUNCES; bounce++) {
    hit h = {.far = FAR};
    float u, v;
    if (!s->find(r, &h)) {
      vec glow = s->sky(r.along);
      float towards = dot(r.along, s->sunAlong);
      if (direct && towards > 1 - s->sunRadius * s->sunRadius) glow = add(glow, scale(s->sunColour, 40));
      return add(light, calmed(mul(carried, glow), direct));
    }
    if (h.surface.kind == LIGHT) return add(light, calmed(mul(carried, h.surface.colour), direct));
    vec at = add(r.from, scale(r.along, h.far));
    draw(chance, &u, &v);
    if (h.surface.kind == GLASS) {
      r.along = throughGlass(&h, r.along, u, &carried);
      r.from = add(at, scale(r.along, STEP_OFF));
    } else if (h.surface.kind == METAL) {
      vec mirror = reflected(r.along, h.normal);
      vec rough = aroundNormal(h.normal, u, v);
      r.along = unit(mix(mirror, rough, h.surface.polish));
      r.from = add(at, scale(h.normal, STEP_OFF));
      float cosine = dot(r.along, h.normal);
      carried = mul(carried, mix(h.surface.colour, v3(1, 1, 1), mirroredShare(0, clamp01(cosine))));
    } else {
      at = add(at, scale(h.normal, STEP_OFF));
      float mirror = h.surface.polish > 0 ? mirroredShare(h.surface.polish, -dot(r.along, h.normal)) : 0;
      if (u < mirror) {
        r.along = reflected(r.along, h.normal);
      } else {
        carried = mul(carried, h.surface.colour);
        light = add(light, calmed(mul(carried, sunlightAt(s, at, h.normal, chance)), direct));
        r.along = aroundNormal(h.normal, mirror < 1 ? (u - mirror) / (1 - mirror) : u, v);
        direct = 0;
      }
      r.from = at;
    }
    if (bounce > 2) {
      float keep = smaller(0.95f, brightest(carried));
      draw(chance, &u, &v);
      if (u >= keep) return light;
      carried = scale(carried, 1 / keep);
    }
  }
  return light;
}

/* The light through one point of the picture: x and y from -1 to 1 across its width, y upwards. */
static vec lightAtPoint(const scene *s, float x, float y, sampler *chance) {
  float u, v;
  vec forward = unit(sub(s->target, s->eye));
  vec right = unit(cross(forward, v3(0, 1, 0)));
  vec up = cross(right, forward);
  vec through = add(forward, scale(add(scale(right, x), scale(up, y)), s->width / 2));
  draw(chance, &u, &v);
  vec lens = scale(disc(u, v), s->aperture);
  vec from = add(s->eye, add(scale(right, lens.x), scale(up, lens.y)));
  vec sharp = add(s->eye, scale(through, s->focus));
  return scale(lightAlong(s, (ray){from, unit(sub(sharp, from))}, chance), s->exposure);
}

/* Whether the ray meets the sphere nearer than `far`: the distance, or 0. */
static inline float sphereAt(ray r, vec centre, float radius, float far) {
  vec o = sub(r.from, centre);
  float b = dot(o, r.along);
  vec closest = sub(o, scale(r.along, b));
  float q = radius * radius - dot(closest, closest);
  if (q <= 0) return 0;
  float h = root(q);
  float t = -b - h > 1e-4f ? -b - h : -b + h;
  return t > 1e-4f && t < far ? t : 0;
}

#endif
