/* Trees packed for speed: a node is 8 bytes, and what it compares is an integer.
 *
 * Each value of a row becomes a key, of 32 bits, once for all trees, so that `x <= threshold` of the model is
 * `key(x) <= key(threshold)`, exactly:
 * - where a model compares float32 with float64 thresholds (forests, XGBoost), the key is the float32's own bits in an
 *   order of integers, and the threshold is rounded down to a float32, which no float32 can tell apart from it;
 * - where it compares float64, the key is how many of the model's thresholds of that feature are smaller.
 * The key of a missing value is the largest, so it goes right; a node that sends it left adds 1 to both sides, and the
 * largest turns over to 0.
 *
 * Nodes of a tree stand level by level and siblings side by side, so one number leads to both. A leaf leads to itself,
 * asking a feature behind the last one, whose key is 0: a walk takes as many steps as the tree has levels, without
 * asking where it is, and several walks go side by side. What each row adds up, and in which order, stays the same.
 *
 * Compiled with walk.c, as one unit. */

#ifndef EVALUATE_PACKED_TREES_H
#define EVALUATE_PACKED_TREES_H

#include <string.h>

/* Of Packed.way: 19 bits for the left child, one for missing values, 12 for the feature. */
enum { FEATURE = 0xfff, MISSING_SHIFT = 12, LEFT_SHIFT = 13, MOST_NODES = 1 << 19 };
/* How many rows, or trees of one row, are walked side by side: enough to hide what each waits for. */
enum { LANES = 8, ROW_LANES = 16 };
/* Keys of a block of rows, which stay in the processor's second cache while all trees pass over them. */
enum { BLOCK_BYTES = 256 * 1024, MOST_ROWS = 1024 };
#define LANE_LOOP _Pragma("GCC unroll 8") for (int lane = 0; lane < LANES; lane++)
#define ROW_LANE_LOOP _Pragma("GCC unroll 16") for (int lane = 0; lane < ROW_LANES; lane++)

static const uint32_t MISSING_KEY = UINT32_MAX;

/* The order of floats as integers; -0 is 0. */
static uint32_t float_key(float value) {
  uint32_t bits;
  value += 0.0f;
  memcpy(&bits, &value, sizeof bits);
  return bits ^ ((uint32_t)((int32_t)bits >> 31) | 0x80000000u);
}

/* The largest float32 that is not above it. */
static float round_down(double value) {
  float rounded = (float)value;
  return (double)rounded > value ? nextafterf(rounded, -INFINITY) : rounded;
}

/* How many of the sorted thresholds are smaller. */
static uint32_t rank_of(const double *thresholds, int64_t count, double value) {
  const double *first = thresholds;
  if (count == 0) return 0;
  while (count > 1) {
    int64_t half = count / 2;
    first = first[half - 1] < value ? first + half : first;
    count -= half;
  }
  return (uint32_t)(first - thresholds) + (*first < value);
}

/* Returns the key of a node's threshold, without what missing values add. */
static uint32_t threshold_key(const Ensemble *e, const Node *node) {
  if (e->ranks == NULL) return float_key(round_down(node->threshold));
  const int64_t *begin = e->ranks_begin + node->feature;
  return rank_of(e->ranks + begin[0], begin[1] - begin[0], node->threshold);
}

/* Writes the nodes of all trees, and the number of levels below each root. `order` and `levels` have room for the
 * largest tree. Returns 0 where a tree has more nodes than fit. */
int pack(const Ensemble *e, const int32_t *counts, Packed *packed, int32_t *depths, int32_t *order, int32_t *levels) {
  for (int64_t t = 0; t < e->trees_count; t++) {
    int32_t root = e->trees[t].root, next = 1;
    if (counts[t] > MOST_NODES) return 0;
    order[0] = root, levels[0] = 0;
    for (int32_t at = 0; at < counts[t]; at++) {
      const Node *node = &e->nodes[order[at]];
      Packed *to = &packed[root + at];
      if (node->feature < 0) {
        *to = (Packed){(uint32_t)node->left, (uint32_t)at << LEFT_SHIFT | (uint32_t)e->features_count};
      } else {
        uint32_t missing_left = node->missing_left != 0;
        to->key = threshold_key(e, node) + missing_left;
        to->way = (uint32_t)next << LEFT_SHIFT | missing_left << MISSING_SHIFT | (uint32_t)node->feature;
        order[next] = node->left, order[next + 1] = node->right;
        levels[next] = levels[next + 1] = levels[at] + 1;
        next += 2;
      }
    }
    depths[t] = levels[counts[t] - 1];
  }
  return 1;
}

/* The keys of a row, and behind them the leaves' 0. Returns a status. */
static int read_keys(const Ensemble *e, const double *row, uint32_t *keys) {
  int64_t features = e->features_count;
  int missing = 0, infinite = 0;
  if (e->ranks == NULL) {
    for (int64_t f = 0; f < features; f++) {
      float value = (float)row[f];
      uint32_t is_nan = value != value;
      keys[f] = float_key(value) | (0u - is_nan);
      missing |= (int)is_nan;
      infinite |= fabsf(value) == INFINITY;
    }
  } else {
    for (int64_t f = 0; f < features; f++) {
      double value = row[f];
      if (e->zeros != NULL && fabs(value) <= NEAR_ZERO) value = e->zeros[f];
      const int64_t *begin = e->ranks_begin + f;
      uint32_t is_nan = value != value;
      keys[f] = rank_of(e->ranks + begin[0], begin[1] - begin[0], value) | (0u - is_nan);
      missing |= (int)is_nan;
      infinite |= fabs(value) == INFINITY;
    }
  }
  keys[features] = 0;
  if (infinite && !e->infinite_allowed) return INFINITE;
  return missing && !e->missing_allowed ? MISSING : DONE;
}

static inline uint32_t step(const Packed *nodes, uint32_t at, const uint32_t *keys) {
  uint32_t way = nodes[at].way;
  uint32_t key = keys[way & FEATURE] + (way >> MISSING_SHIFT & 1);
  return (way >> LEFT_SHIFT) + (key > nodes[at].key);
}

static inline void add_leaf(const Ensemble *e, const Tree *tree, uint32_t begin, double *out) {
  const double *leaf = &e->values[begin];
  for (int32_t i = 0; i < tree->width; i++) {
    double *sum = &out[tree->column + i];
    *sum = e->single_sums ? (double)(float)(*sum + leaf[i]) : *sum + leaf[i];
  }
}

/* All trees for a block of rows, some rows side by side. */
static void walk_block(const Ensemble *e, const uint32_t *keys, int64_t stride, int64_t rows, double *out) {
  for (int64_t t = 0; t < e->trees_count; t++) {
    const Tree *tree = &e->trees[t];
    const Packed *nodes = e->packed + tree->root;
    int32_t depth = e->depths[t];
    for (int64_t r = 0; r < rows; r += LANES) {
      const uint32_t *row = keys + r * stride;
      uint32_t at[LANES] = {0};
      for (int32_t level = 0; level < depth; level += 4) {
        uint32_t moved = 0;
        for (int i = 0; i < 3; i++) LANE_LOOP at[lane] = step(nodes, at[lane], row + lane * stride);
        LANE_LOOP {
          uint32_t next = step(nodes, at[lane], row + lane * stride);
          moved |= next ^ at[lane];
          at[lane] = next;
        }
        if (!moved) break;
      }
      int64_t lanes = rows - r < LANES ? rows - r : LANES;
      for (int64_t lane = 0; lane < lanes; lane++)
        add_leaf(e, tree, nodes[at[lane]].key, out + (r + lane) * e->columns_count);
    }
  }
}

/* One row, some trees side by side; what they lead to is added in their order. */
static void walk_row(const Ensemble *e, const uint32_t *keys, double *out) {
  for (int64_t t = 0; t < e->trees_count; t += ROW_LANES) {
    int lanes = e->trees_count - t < ROW_LANES ? (int)(e->trees_count - t) : ROW_LANES;
    const Packed *nodes[ROW_LANES];
    uint32_t at[ROW_LANES] = {0};
    int32_t depth = 0;
    for (int lane = 0; lane < ROW_LANES; lane++) {
      int64_t tree = t + (lane < lanes ? lane : lanes - 1);
      nodes[lane] = e->packed + e->trees[tree].root;
      depth = e->depths[tree] > depth ? e->depths[tree] : depth;
    }
    for (int32_t level = 0; level < depth; level += 2) {
      uint32_t moved = 0;
      ROW_LANE_LOOP {
        uint32_t next = step(nodes[lane], at[lane], keys);
        next = step(nodes[lane], next, keys);
        moved |= next ^ at[lane];
        at[lane] = next;
      }
      if (!moved) break;
    }
    for (int lane = 0; lane < lanes; lane++) add_leaf(e, &e->trees[t + lane], nodes[lane][at[lane]].key, out);
  }
}

/* How many rows a block has: a multiple of LANES. */
static int64_t block_rows(int64_t stride, int64_t count) {
  int64_t most = BLOCK_BYTES / (stride * (int64_t)sizeof(uint32_t));
  if (most > MOST_ROWS) most = MOST_ROWS;
  if (most > count) most = count;
  return most < LANES ? LANES : (most + LANES - 1) / LANES * LANES;
}

/* Returns the status of the first row that is refused; what was written before it is of no use then. */
static int evaluate_packed(const Ensemble *e, const double *rows, int64_t count, double *out) {
  int64_t features = e->features_count, columns = e->columns_count, stride = features + 1;
  int64_t most = block_rows(stride, count);
  uint32_t *keys = malloc((size_t)(most * stride) * sizeof *keys);
  if (keys == NULL) return NO_MEMORY;
  int status = DONE;
  for (int64_t begin = 0; begin < count && status == DONE; begin += most) {
    int64_t block = count - begin < most ? count - begin : most;
    double *sums = out + begin * columns;
    for (int64_t r = 0; r < block && status == DONE; r++) {
      status = read_keys(e, rows + (begin + r) * features, keys + r * stride);
      memcpy(sums + r * columns, e->start, (size_t)columns * sizeof *sums);
    }
    if (status != DONE) break;
    if (block < LANES / 2) {
      for (int64_t r = 0; r < block; r++) walk_row(e, keys + r * stride, sums + r * columns);
    } else {
      /* Walks beside the last row go the last row's way. */
      for (int64_t r = block; r % LANES != 0; r++)
        memcpy(keys + r * stride, keys + (block - 1) * stride, (size_t)stride * sizeof *keys);
      walk_block(e, keys, stride, block, sums);
    }
    if (e->divisor != 1.0)
      for (int64_t i = 0; i < block * columns; i++) sums[i] /= e->divisor;
  }
  free(keys);
  return status;
}

#endif
