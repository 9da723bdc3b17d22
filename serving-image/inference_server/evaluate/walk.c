/* Walks all trees of an ensemble for all rows. Compiled without contraction (-ffp-contract=off): a fused
 * multiply-add would round differently from scikit-learn. The arrays are checked before (read_trees.py):
 * a child stands behind its parent, features and leaves are in range. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct {
  double threshold;
  int32_t feature; /* -1: a leaf */
  int32_t left;    /* of a leaf: where its values begin */
  int32_t right;
  int32_t missing_left;
} Node;

typedef struct {
  int32_t root;
  int32_t column; /* the first column that its leaves add to */
  int32_t width;  /* how many columns */
} Tree;

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
} Ensemble;

enum { DONE = 0, INFINITE = 1, MISSING = 2, NO_MEMORY = 3 };

static int walk(const Ensemble *ensemble, const double *row, int has_missing, double *out) {
  const Node *nodes = ensemble->nodes;
  for (int64_t t = 0; t < ensemble->trees_count; t++) {
    const Tree *tree = &ensemble->trees[t];
    const Node *node = &nodes[tree->root];
    if (has_missing) {
      while (node->feature >= 0) {
        double value = row[node->feature];
        int left = isnan(value) ? node->missing_left : value <= node->threshold;
        node = &nodes[left ? node->left : node->right];
      }
    } else {
      while (node->feature >= 0) {
        node = &nodes[row[node->feature] <= node->threshold ? node->left : node->right];
      }
    }
    const double *leaf = &ensemble->values[node->left];
    for (int32_t i = 0; i < tree->width; i++) out[tree->column + i] += leaf[i];
  }
  return DONE;
}

/* rows: count x features_count, out: count x columns_count, both in C order. */
int evaluate(const Ensemble *ensemble, const double *rows, int64_t count, double *out) {
  double small[64];
  int64_t features = ensemble->features_count, columns = ensemble->columns_count;
  double *row = features <= 64 ? small : malloc((size_t)features * sizeof(double));
  if (row == NULL) return NO_MEMORY;
  int status = DONE;
  for (int64_t r = 0; r < count && status == DONE; r++, rows += features, out += columns) {
    int has_missing = 0;
    for (int64_t f = 0; f < features; f++) {
      row[f] = ensemble->single_precision ? (double)(float)rows[f] : rows[f];
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
