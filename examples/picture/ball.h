/* A sphere of a scene. */
#ifndef BALL_H
#define BALL_H

#include "trace.h"

typedef struct {
  vec centre;
  float radius;
  surface surface;
} ball;

#endif
