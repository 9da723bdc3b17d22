/* SHAP values of trees, path-dependent: what each feature moves the answer away from the expected one.
 *
 * The Shapley value of feature i at one leaf is v (o_i - z_i) times the integral over t from 0 to 1 of the
 * product over the other features j of the leaf's path of (o_j t + z_j (1 - t)), where o_j is 1 if the row
 * follows every split on j, and z_j is the share of the training rows that does
 * (https://arxiv.org/abs/1802.03888 and, for the integral, Owen's multilinear extension,
 * https://doi.org/10.1287/mnsc.18.5.64). The product is a polynomial in t, so Gauss's points integrate it
 * exactly. Leaves are summed at each point on the way back up, so a tree costs nodes x points, not
 * leaves x depth^2, and all terms of a product are positive: nothing cancels out.
 *
 * lay_out.py makes the places, in preorder, of trees that have been checked. */

#include <string.h>

#include "../evaluate/walk.c" /* how a row is read, and which way it goes at a node, is the walker's own */

typedef struct {
  double share; /* z of the feature that led here, over the whole path */
  double ratio; /* of the parent's training rows, those that came here */
  int32_t node;   /* in the walker's nodes */
  int32_t led_by; /* the feature that the parent splits on */
  int32_t level;  /* 0: the root */
  int32_t before; /* the level at which the path last split on led_by before, or -1 */
  int32_t is_left;
  int32_t unused;
} Place;

typedef struct {
  const Place *places;   /* one tree after the other */
  const int32_t *counts; /* of the places of each tree */
  const double *points;  /* between 0 and 1 */
  const double *weights;
  int64_t points_count;
  int64_t levels_count;
  int64_t widest;
} Layout;

typedef struct {
  const Place **path; /* one of each for every level */
  int32_t *follows;   /* o: the row takes every split on led_by down to here */
  int32_t *goes_left;
  double *products; /* levels x points */
  double *sums;     /* levels x points x width */
} Work;

static void enter(const Ensemble *e, const Layout *l, int32_t width, const Place *place, const double *row, Work *work) {
  int64_t points = l->points_count, level = place->level;
  double *product = work->products + level * points;
  work->path[level] = place;
  if (level == 0) {
    work->follows[0] = 1;
    for (int64_t q = 0; q < points; q++) product[q] = 1.0;
  } else {
    const double *above = product - points;
    int followed = place->before < 0 || work->follows[place->before];
    int follows = followed && work->goes_left[level - 1] == place->is_left;
    work->follows[level] = follows;
    if (!followed) {
      for (int64_t q = 0; q < points; q++) product[q] = above[q] * place->ratio;
    } else {
      double one = follows, old = place->before < 0 ? 1.0 : work->path[place->before]->share;
      for (int64_t q = 0; q < points; q++) {
        double t = l->points[q], rest = 1.0 - t, factor = one * t + place->share * rest;
        product[q] = above[q] * (place->before < 0 ? factor : factor / (t + old * rest));
      }
    }
  }
  double *sums = work->sums + level * points * l->widest;
  const Node *node = &e->nodes[place->node];
  if (node->feature < 0) {
    const double *leaf = &e->values[node->left];
    for (int64_t q = 0; q < points; q++)
      for (int32_t c = 0; c < width; c++) *sums++ = product[q] * leaf[c];
  } else {
    work->goes_left[level] = goes_left(e, node, row[node->feature]);
    for (int64_t k = 0; k < points * width; k++) sums[k] = 0.0;
  }
}

static void leave(const Ensemble *e, const Layout *l, const Tree *tree, int64_t level, Work *work, double *out) {
  if (level == 0) return;
  int64_t points = l->points_count;
  const Place *place = work->path[level];
  double *above = work->sums + (level - 1) * points * l->widest;
  const double *sums = above + points * l->widest;
  int repeated = place->before >= 0;
  /* Where the row had left the feature's splits already, this split changes nothing. */
  if (!repeated || work->follows[place->before]) {
    double share = place->share, old = repeated ? work->path[place->before]->share : 1.0;
    int follows = work->follows[level];
    double *to = out + (int64_t)place->led_by * e->columns_count + tree->column;
    for (int64_t q = 0; q < points; q++, sums += tree->width) {
      double t = l->points[q], rest = 1.0 - t;
      double change = follows ? (1.0 - share) / (t + share * rest) : -1.0 / rest;
      if (repeated) change -= (1.0 - old) / (t + old * rest);
      change *= l->weights[q];
      for (int32_t c = 0; c < tree->width; c++) to[c] += change * sums[c];
    }
    sums = above + points * l->widest;
  }
  for (int64_t k = 0; k < points * tree->width; k++) above[k] += sums[k];
}

static void explain_row(const Ensemble *e, const Layout *l, const double *row, Work *work, double *out) {
  const Place *places = l->places;
  for (int64_t t = 0; t < e->trees_count; places += l->counts[t++]) {
    const Tree *tree = &e->trees[t];
    int64_t deepest = -1;
    for (int32_t n = 0; n < l->counts[t]; n++) {
      for (; deepest >= places[n].level; deepest--) leave(e, l, tree, deepest, work, out);
      enter(e, l, tree->width, &places[n], row, work);
      deepest++;
    }
    for (; deepest >= 0; deepest--) leave(e, l, tree, deepest, work, out);
  }
}

/* rows: count x features_count; out: count x features_count x columns_count, in C order. */
int explain(const Ensemble *e, const Layout *l, const double *rows, int64_t count, double *out) {
  int64_t features = e->features_count, size = features * e->columns_count, levels = l->levels_count;
  double *memory = malloc((size_t)(features + levels * l->points_count * (1 + l->widest)) * sizeof(double));
  const Place **path = malloc((size_t)levels * sizeof(Place *));
  int32_t *flags = malloc((size_t)levels * 2 * sizeof(int32_t));
  int status = memory && path && flags ? DONE : NO_MEMORY;
  if (status == DONE) {
    double *row = memory, *products = memory + features;
    Work work = {path, flags, flags + levels, products, products + levels * l->points_count};
    memset(out, 0, (size_t)(count * size) * sizeof(double));
    for (int64_t r = 0; r < count; r++, rows += features, out += size) {
      for (int64_t f = 0; f < features; f++) {
        row[f] = e->single_precision ? (double)(float)rows[f] : rows[f];
        if (e->zeros != NULL && fabs(row[f]) <= NEAR_ZERO) row[f] = e->zeros[f];
      }
      explain_row(e, l, row, &work, out);
      if (e->divisor != 1.0)
        for (int64_t k = 0; k < size; k++) out[k] /= e->divisor;
    }
  }
  free(flags);
  free(path);
  free(memory);
  return status;
}
