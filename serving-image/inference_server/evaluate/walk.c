/* Walks all trees of an ensemble for all rows. Compiled without contraction (-ffp-contract=off): a fused
 * multiply-add would round differently from scikit-learn. The arrays are checked before (flatten_trees.py):
 * a child stands behind its parent, features, leaves and sets of categories are in range. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct {
  double threshold; /* of a category: where its set begins in `sets` */
  int32_t feature;  /* -1: a leaf */
  int32_t left;     /* of a leaf: where its values begin */
  int32_t right;
  uint8_t missing_left;
  uint8_t category; /* 0: a number, which goes left up to the threshold */
} Node;

enum { CATEGORY = 1, MEMBERS_LEFT = 2, TOWARDS_ZERO = 4 }; /* of Node.category */

typedef struct {
  int32_t root;
  int32_t column; /* the first column that its leaves add to */
  int32_t width;  /* how many columns */
} Tree;

typedef struct {
  uint32_t key; /* of a leaf: where its values begin */
  uint32_t way; /* the left child, behind it the right one; a bit for missing values; the feature */
} Packed;

typedef struct {
  const Node *nodes;
  const Tree *trees;
  const double *values;
  const double *start; /* one number per column */
  int64_t trees_count;
  int64_t features_count;
  int64_t columns_count;
  double divisor;
  int32_t single_precision; /* forests round to float32 before they compare */
  int32_t missing_allowed;
  int32_t infinite_allowed;
  int32_t single_sums;  /* XGBoost adds up in float32 */
  const uint32_t *sets; /* each: how many categories, then a bit for each; NULL: all nodes split numbers */
  const double *zeros;  /* what LightGBM makes of a value within 1e-35 of zero, by feature, or NULL */
  const Packed *packed; /* the same trees, as packed_trees.h has them, or NULL */
  const int32_t *depths;
  const double *ranks; /* the thresholds of all features, sorted; NULL where keys are float32 */
  const int64_t *ranks_begin;
} Ensemble;

static const double NEAR_ZERO = 1e-35f;

enum { DONE = 0, INFINITE = 1, MISSING = 2, NO_MEMORY = 3 };

static int is_member(const uint32_t *set, double value, int towards_zero) {
  if (!(value >= 0 || (towards_zero && value > -1)) || value >= set[0]) return 0;
  uint32_t category = (uint32_t)value;
  return set[1 + category / 32] >> category % 32 & 1;
}

static int goes_left(const Ensemble *ensemble, const Node *node, double value) {
  if (isnan(value)) return node->missing_left;
  if (!node->category) return value <= node->threshold;
  int member = is_member(ensemble->sets + (int64_t)node->threshold, value, node->category & TOWARDS_ZERO);
  return member == ((node->category & MEMBERS_LEFT) != 0);
}

static void walk(const Ensemble *ensemble, const double *row, int has_missing, double *out) {
  const Node *nodes = ensemble->nodes;
  for (int64_t t = 0; t < ensemble->trees_count; t++) {
    const Tree *tree = &ensemble->trees[t];
    const Node *node = &nodes[tree->root];
    if (has_missing || ensemble->sets != NULL) {
      while (node->feature >= 0)
        node = &nodes[goes_left(ensemble, node, row[node->feature]) ? node->left : node->right];
    } else {
      while (node->feature >= 0) {
        node = &nodes[row[node->feature] <= node->threshold ? node->left : node->right];
      }
    }
    const double *leaf = &ensemble->values[node->left];
    for (int32_t i = 0; i < tree->width; i++) {
      double *sum = &out[tree->column + i];
      *sum = ensemble->single_sums ? (double)(float)(*sum + leaf[i]) : *sum + leaf[i];
    }
  }
}

#include "packed_trees.h"

/* Row by row, tree by tree, over the nodes as they are. */
static int evaluate_plain(const Ensemble *ensemble, const double *rows, int64_t count, double *out) {
  double small[64];
  int64_t features = ensemble->features_count, columns = ensemble->columns_count;
  double *row = features <= 64 ? small : malloc((size_t)features * sizeof(double));
  if (row == NULL) return NO_MEMORY;
  int status = DONE;
  for (int64_t r = 0; r < count && status == DONE; r++, rows += features, out += columns) {
    int has_missing = 0;
    for (int64_t f = 0; f < features; f++) {
      row[f] = ensemble->single_precision ? (double)(float)rows[f] : rows[f];
      if (ensemble->zeros != NULL && fabs(row[f]) <= NEAR_ZERO) row[f] = ensemble->zeros[f];
      if (isnan(row[f])) has_missing = 1;
      if (isinf(row[f]) && !ensemble->infinite_allowed) status = INFINITE;
    }
    if (has_missing && !ensemble->missing_allowed && status == DONE) status = MISSING;
    if (status != DONE) break;
    for (int64_t c = 0; c < columns; c++) out[c] = ensemble->start[c];
    walk(ensemble, row, has_missing, out);
    if (ensemble->divisor != 1.0)
      for (int64_t c = 0; c < columns; c++) out[c] /= ensemble->divisor;
  }
  if (row != small) free(row);
  return status;
}

/* rows: count x features_count, out: count x columns_count, both in C order. */
int evaluate(const Ensemble *ensemble, const double *rows, int64_t count, double *out) {
  if (ensemble->packed == NULL) return evaluate_plain(ensemble, rows, count, out);
  return evaluate_packed(ensemble, rows, count, out);
}
