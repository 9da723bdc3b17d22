/* libFuzzer on walk.c, packed_trees.h and tree_shap.c: any ensemble that flatten_trees.py lets through, and any rows.
 *
 *   clang -g -O1 -std=c11 -ffp-contract=off -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
 *     tests/fuzz_trees.c -o fuzz_trees -lm && ./fuzz_trees -max_total_time=900
 *
 * All arrays are of exactly their size on the heap, so that a step beside them is seen. Where numbers are
 * moderate, the answer must be the base plus what each feature is said to have moved. */

#include <stdio.h>

#include "../inference_server/explain/tree_shap.c"

enum { MOST_NODES_OF_A_TREE = 97, MOST_TREES = 4, MOST_POINTS = 8, ROWS = 3 };

static const uint8_t *input;
static size_t left_over;

static unsigned byte(void) {
  if (left_over == 0) return 0;
  left_over--;
  return *input++;
}

static double number(int wild) {
  static const double table[] = {0, 0.5, 1, -1, 2.5, -7, 3, 31, 32, 33, 1e3, -1e3, 0.1, 4.900000095367432, -0.5, -0.25,
                                 /* wild: */ 1e-35, -1e-36, 1e38, 4e38, 1e300, -1e300, 5e-324, INFINITY, -INFINITY, NAN};
  unsigned chosen = byte();
  if (chosen < 32) {
    uint64_t bits = 0;
    double value;
    for (int i = 0; i < 8; i++) bits = bits << 8 | byte();
    memcpy(&value, &bits, sizeof value);
    return wild || (isfinite(value) && fabs(value) < 1e6 && fabs(value) > 1e-6) ? value : 0.75;
  }
  return table[chosen % (wild ? sizeof table / sizeof *table : 16)];
}

static void *exactly(const void *from, size_t size) {
  void *to = malloc(size ? size : 1);
  if (size) memcpy(to, from, size);
  return to;
}

/* Gauss's points and weights on 0 to 1, by Newton's steps on Legendre's polynomial. */
static void gauss(int count, double *points, double *weights) {
  for (int i = 0; i < count; i++) {
    double x = cos(3.141592653589793 * (i + 0.75) / (count + 0.5)), slope = 1;
    for (int step = 0; step < 50; step++) {
      double before = 1, now = x;
      for (int k = 2; k <= count; k++) {
        double next = ((2 * k - 1) * x * now - (k - 1) * before) / k;
        before = now, now = next;
      }
      slope = count * (x * now - before) / (x * x - 1);
      x -= now / slope;
    }
    points[i] = (x + 1) / 2, weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
}

static Node nodes[MOST_TREES * MOST_NODES_OF_A_TREE];
static double ratios[MOST_TREES * MOST_NODES_OF_A_TREE], base[8];
static Place places[MOST_TREES * MOST_NODES_OF_A_TREE];
static int place_count, deepest, most_features, is_moderate;

static void lay_out(const Tree *tree, const double *values, int node, int parent_place, int is_left, int features,
                    double reach) {
  int at = place_count++, before = -1;
  Place *place = &places[at];
  *place = (Place){1, 1, node, -1, 0, -1, is_left, 0};
  if (parent_place >= 0) {
    const Place *parent = &places[parent_place];
    place->led_by = nodes[parent->node].feature;
    place->level = parent->level + 1;
    place->ratio = place->share = ratios[node];
    /* The path is what stands before in preorder with a level of its own. */
    for (int i = at - 1, level = place->level; i >= 0 && level > 1 && before < 0; i--)
      if (places[i].level == level - 1) {
        level--;
        if (level >= 1 && places[i].led_by == place->led_by) before = i;
      }
    if (before >= 0) place->before = places[before].level, place->share *= places[before].share;
    features += before < 0;
    reach *= place->ratio;
  }
  if (place->level > deepest) deepest = place->level;
  if (features > most_features) most_features = features;
  if (nodes[node].feature < 0) {
    for (int i = 0; i < tree->width; i++) base[tree->column + i] += reach * values[nodes[node].left + i];
    return;
  }
  lay_out(tree, values, nodes[node].left, at, 1, features, reach);
  lay_out(tree, values, nodes[node].right, at, 0, features, reach);
}

static int ascending(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

/* Packed, with one row and with enough of them to be walked side by side, the trees answer the same bits. */
static void compare_packed(Ensemble *plain, const int32_t *counts, int node_count, const double *rows) {
  enum { MANY = 11 };
  int64_t features = plain->features_count, columns = plain->columns_count, begins[9] = {0}, found = 0;
  if (plain->single_precision && plain->zeros != NULL) return;
  double *ranks = malloc(node_count * sizeof *ranks);
  for (int64_t f = 0; f < features; f++) {
    begins[f] = found;
    for (int n = 0; n < node_count; n++)
      if (plain->nodes[n].feature == f) ranks[found++] = plain->nodes[n].threshold;
    qsort(ranks + begins[f], found - begins[f], sizeof *ranks, ascending);
    int64_t kept = begins[f];
    for (int64_t i = begins[f]; i < found; i++)
      if (i == begins[f] || ranks[i] != ranks[kept - 1]) ranks[kept++] = ranks[i];
    found = kept;
  }
  begins[features] = found;
  Ensemble packed = *plain;
  Packed *nodes_8 = malloc(node_count * sizeof *nodes_8);
  int32_t depths[MOST_TREES], order[MOST_NODES_OF_A_TREE], levels[MOST_NODES_OF_A_TREE];
  double *own = ranks;
  if (!plain->single_precision) packed.ranks = ranks = exactly(ranks, found * sizeof *ranks), packed.ranks_begin = begins;
  else ranks = NULL;
  if (!pack(&packed, counts, nodes_8, depths, order, levels)) abort();
  packed.packed = nodes_8, packed.depths = depths;
  for (int64_t count = 1; count <= MANY; count += MANY - 1) {
    double *asked = malloc(count * features * sizeof *asked);
    for (int64_t i = 0; i < count * features; i++) asked[i] = rows[i % (ROWS * features)];
    double *one = calloc(count * columns, sizeof *one), *other = calloc(count * columns, sizeof *other);
    int status = evaluate(plain, asked, count, one);
    if (status != evaluate(&packed, asked, count, other)) abort();
    if (status == DONE && memcmp(one, other, count * columns * sizeof *one) != 0) abort();
    free(asked), free(one), free(other);
  }
  free(own), free(ranks), free(nodes_8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  input = data, left_over = size;
  static Tree trees[MOST_TREES];
  static double values[MOST_TREES * MOST_NODES_OF_A_TREE * 4], start[4], zeros[8], rows[ROWS * 8];
  static int32_t counts[MOST_TREES];
  static uint32_t sets[MOST_TREES * MOST_NODES_OF_A_TREE * 3];
  int features = 1 + byte() % 8, columns = 1 + byte() % 4, tree_count = 1 + byte() % MOST_TREES;
  unsigned flags = byte();
  int node_count = 0, value_count = 0, set_count = 0;
  is_moderate = !(flags & 1);
  for (int t = 0; t < tree_count; t++) {
    Tree *tree = &trees[t];
    int begin = node_count++;
    tree->root = begin;
    tree->width = byte() % 2 ? columns : 1;
    tree->column = tree->width == 1 ? (int)(byte() % columns) : 0;
    for (int n = begin; n < node_count; n++) {
      Node *node = &nodes[n];
      unsigned kind = byte();
      memset(node, 0, sizeof *node);
      if (kind % 4 && node_count + 2 <= begin + MOST_NODES_OF_A_TREE) {
        node->feature = (int32_t)(byte() % features);
        node->missing_left = kind >> 2 & 1;
        int swapped = kind >> 3 & 1;
        node->left = node_count + swapped, node->right = node_count + !swapped;
        double part = (1 + byte()) / 257.0;
        ratios[node_count] = flags & 1 && kind > 250 ? 0 : flags & 1 && kind > 245 ? 5e-324 : part;
        ratios[node_count + 1] = 1 - part;
        node_count += 2;
        if (flags & 2 && kind >> 4 & 1) {
          node->category = CATEGORY | (kind >> 5 & 1 ? MEMBERS_LEFT : 0) | (kind >> 6 & 1 ? TOWARDS_ZERO : 0);
          node->threshold = set_count;
          uint32_t most = 1 + byte() % 64;
          sets[set_count++] = most;
          for (uint32_t w = 0; w < (most + 31) / 32; w++) sets[set_count++] = 0x01010101u * byte();
        } else {
          node->threshold = number(flags & 1);
          if (isnan(node->threshold) || node->threshold == -INFINITY) node->threshold = 0; /* refused by read_trees */
        }
      } else {
        node->feature = -1, node->right = -1;
        node->left = value_count;
        for (int i = 0; i < tree->width; i++) {
          double value = number(flags & 1);
          values[value_count++] = isfinite(value) ? value : 1;
        }
      }
    }
    counts[t] = node_count - begin;
  }
  memset(base, 0, sizeof base);
  place_count = 0, deepest = 0, most_features = 0;
  for (int t = 0; t < tree_count; t++) lay_out(&trees[t], values, trees[t].root, -1, 0, 0, 1);
  for (int c = 0; c < columns; c++) start[c] = number(0);
  for (int f = 0; f < features; f++) zeros[f] = flags & 4 ? 0 : NAN;
  for (int i = 0; i < ROWS * features; i++) rows[i] = number(1);

  int points_count = most_features < 2 ? 1 : (most_features + 1) / 2;
  double points[MOST_POINTS], weights[MOST_POINTS];
  gauss(points_count, points, weights);
  Ensemble ensemble = {
      .nodes = exactly(nodes, node_count * sizeof *nodes),
      .trees = exactly(trees, tree_count * sizeof *trees),
      .values = exactly(values, value_count * sizeof *values),
      .start = exactly(start, columns * sizeof *start),
      .trees_count = tree_count,
      .features_count = features,
      .columns_count = columns,
      .divisor = flags & 8 ? 3 : 1,
      .single_precision = flags >> 4 & 1,
      .missing_allowed = flags >> 5 & 1,
      .infinite_allowed = flags >> 6 & 1,
      .single_sums = flags >> 7 & 1,
      .sets = flags & 2 ? exactly(sets, set_count * sizeof *sets) : NULL,
      .zeros = flags & 4 ? exactly(zeros, features * sizeof *zeros) : NULL,
  };
  Layout layout = {
      .places = exactly(places, place_count * sizeof *places),
      .counts = exactly(counts, tree_count * sizeof *counts),
      .points = exactly(points, points_count * sizeof *points),
      .weights = exactly(weights, points_count * sizeof *weights),
      .points_count = points_count,
      .levels_count = deepest + 1,
      .widest = columns,
  };
  for (int r = 0; r < ROWS; r++) {
    double *row = exactly(rows + r * features, features * sizeof *rows);
    double *answer = malloc(columns * sizeof *answer), *moved = malloc(features * columns * sizeof *moved);
    int status = evaluate(&ensemble, row, 1, answer);
    /* The server explains what it has answered. */
    if (status == DONE && explain(&ensemble, &layout, row, 1, moved) == DONE && is_moderate && !ensemble.single_sums)
      for (int c = 0; c < columns; c++) {
        double sum = (start[c] + base[c]) / ensemble.divisor, scale = 1;
        for (int f = 0; f < features; f++) sum += moved[f * columns + c], scale += fabs(moved[f * columns + c]);
        if (!(fabs(sum - answer[c]) <= 1e-7 * (scale + fabs(answer[c])))) {
          fprintf(stderr, "column %d: base and values are %.17g, the answer is %.17g\n", c, sum, answer[c]);
          abort();
        }
      }
    free(row), free(answer), free(moved);
  }
  if (!(flags & 2)) compare_packed(&ensemble, counts, node_count, rows);
  free((void *)ensemble.nodes), free((void *)ensemble.trees), free((void *)ensemble.values);
  free((void *)ensemble.start), free((void *)ensemble.sets), free((void *)ensemble.zeros);
  free((void *)layout.places), free((void *)layout.counts), free((void *)layout.points), free((void *)layout.weights);
  return 0;
}
