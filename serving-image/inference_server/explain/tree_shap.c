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
 * The arrays are checked before (lay_out.py): nodes in preorder, features, values and levels in range. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  double threshold;
  double share; /* z of the feature that led here, over the whole path */
  double ratio; /* of the parent's training rows, those that came here */
  int32_t feature; /* -1: a leaf */
  int32_t values;  /* of a leaf: where its values begin */
  int32_t led_by;  /* the feature that the parent splits on */
  int32_t level;   /* 0: the root */
  int32_t before;  /* the level at which the path last split on led_by before, or -1 */
  int32_t is_left;
  int32_t missing_left;
  int32_t unused;
} Node;

typedef struct {
  int32_t first; /* the root */
  int32_t count;
  int32_t column;
  int32_t width;
} Tree;

typedef struct {
  const Node *nodes;
  const Tree *trees;
  const double *values;
  const double *points; /* between 0 and 1 */
  const double *weights;
  int64_t trees_count;
  int64_t features_count;
  int64_t columns_count;
  int64_t points_count;
  int64_t levels_count;
  int64_t widest;
  double divisor;
  int32_t single_precision;
} Ensemble;

typedef struct {
  const Node **path; /* one of each for every level */
  int32_t *follows;  /* o: the row takes every split on led_by down to here */
  int32_t *goes_left;
  double *products; /* levels x points */
  double *sums;     /* levels x points x width */
} Work;

enum { DONE = 0, NO_MEMORY = 3 };

static void enter(const Ensemble *e, const Tree *tree, const Node *node, const double *row, Work *work) {
  int64_t points = e->points_count, level = node->level;
  double *product = work->products + level * points;
  work->path[level] = node;
  if (level == 0) {
    work->follows[0] = 1;
    for (int64_t q = 0; q < points; q++) product[q] = 1.0;
  } else {
    const double *above = product - points;
    int followed = node->before < 0 || work->follows[node->before];
    int follows = followed && work->goes_left[level - 1] == node->is_left;
    work->follows[level] = follows;
    if (!followed) {
      for (int64_t q = 0; q < points; q++) product[q] = above[q] * node->ratio;
    } else {
      double one = follows, old = node->before < 0 ? 1.0 : work->path[node->before]->share;
      for (int64_t q = 0; q < points; q++) {
        double t = e->points[q], rest = 1.0 - t, factor = one * t + node->share * rest;
        product[q] = above[q] * (node->before < 0 ? factor : factor / (t + old * rest));
      }
    }
  }
  int64_t size = points * tree->width;
  double *sums = work->sums + level * points * e->widest;
  if (node->feature < 0) {
    const double *leaf = &e->values[node->values];
    for (int64_t q = 0; q < points; q++)
      for (int32_t c = 0; c < tree->width; c++) *sums++ = product[q] * leaf[c];
  } else {
    double value = row[node->feature];
    work->goes_left[level] = isnan(value) ? node->missing_left : value <= node->threshold;
    for (int64_t k = 0; k < size; k++) sums[k] = 0.0;
  }
}

static void leave(const Ensemble *e, const Tree *tree, int64_t level, Work *work, double *out) {
  if (level == 0) return;
  int64_t points = e->points_count;
  const Node *node = work->path[level];
  double *above = work->sums + (level - 1) * points * e->widest;
  const double *sums = above + points * e->widest;
  int repeated = node->before >= 0;
  /* Where the row had left the feature's splits already, this split changes nothing. */
  if (!repeated || work->follows[node->before]) {
    double share = node->share, old = repeated ? work->path[node->before]->share : 1.0;
    int follows = work->follows[level];
    double *to = out + (int64_t)node->led_by * e->columns_count + tree->column;
    for (int64_t q = 0; q < points; q++, sums += tree->width) {
      double t = e->points[q], rest = 1.0 - t;
      double change = follows ? (1.0 - share) / (t + share * rest) : -1.0 / rest;
      if (repeated) change -= (1.0 - old) / (t + old * rest);
      change *= e->weights[q];
      for (int32_t c = 0; c < tree->width; c++) to[c] += change * sums[c];
    }
    sums = above + points * e->widest;
  }
  for (int64_t k = 0; k < points * tree->width; k++) above[k] += sums[k];
}

static void explain_row(const Ensemble *e, const double *row, Work *work, double *out) {
  for (int64_t t = 0; t < e->trees_count; t++) {
    const Tree *tree = &e->trees[t];
    const Node *nodes = &e->nodes[tree->first];
    int64_t deepest = -1;
    for (int32_t n = 0; n < tree->count; n++) {
      for (; deepest >= nodes[n].level; deepest--) leave(e, tree, deepest, work, out);
      enter(e, tree, &nodes[n], row, work);
      deepest++;
    }
    for (; deepest >= 0; deepest--) leave(e, tree, deepest, work, out);
  }
}

/* rows: count x features_count; out: count x features_count x columns_count, in C order. */
int explain(const Ensemble *e, const double *rows, int64_t count, double *out) {
  int64_t features = e->features_count, size = features * e->columns_count;
  int64_t per_level = e->points_count * (1 + e->widest);
  size_t doubles = (size_t)(features + e->levels_count * per_level);
  double *memory = malloc(doubles * sizeof(double));
  const Node **path = malloc((size_t)e->levels_count * sizeof(Node *));
  int32_t *flags = malloc((size_t)e->levels_count * 2 * sizeof(int32_t));
  int status = memory && path && flags ? DONE : NO_MEMORY;
  if (status == DONE) {
    double *row = memory, *products = memory + features;
    Work work = {path, flags, flags + e->levels_count, products, products + e->levels_count * e->points_count};
    memset(out, 0, (size_t)(count * size) * sizeof(double));
    for (int64_t r = 0; r < count; r++, rows += features, out += size) {
      for (int64_t f = 0; f < features; f++) row[f] = e->single_precision ? (double)(float)rows[f] : rows[f];
      explain_row(e, row, &work, out);
      if (e->divisor != 1.0)
        for (int64_t k = 0; k < size; k++) out[k] /= e->divisor;
    }
  }
  free(flags);
  free(path);
  free(memory);
  return status;
}
