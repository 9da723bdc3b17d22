/* Sums of coefficients times columns, and the probabilities of two classes: for many rows as fast as they can be read.
 *
 * A sum has LANES parts, which are added up at the end: in the same order on every processor. */

#include <math.h>
#include <stdint.h>

/* Four accumulators of four, so that an addition does not wait for the one before; loaded from wherever they lie. */
typedef double Four __attribute__((vector_size(32), aligned(8)));
enum { LANES = 16 };

/* rows: count x columns, coefficients: classes x columns, out: count x classes, all in C order. Returns whether all sums
 * are finite: then all values are that a coefficient other than 0 stands before. */
__attribute__((target_clones("avx2", "default"))) int add_up(const double *rows, int64_t count, int64_t columns,
                                                             const double *coefficients, const double *intercept,
                                                             int64_t classes, double *out) {
  int is_finite = 1;
  for (int64_t r = 0; r < count; r++, rows += columns)
    for (int64_t c = 0; c < classes; c++) {
      const double *own = coefficients + c * columns;
      Four a = {0}, b = {0}, c4 = {0}, d = {0};
      int64_t i = 0;
      for (; i + LANES <= columns; i += LANES) {
        const Four *value = (const Four *)(rows + i), *factor = (const Four *)(own + i);
        a += value[0] * factor[0], b += value[1] * factor[1], c4 += value[2] * factor[2], d += value[3] * factor[3];
      }
      double rest = 0;
      for (; i < columns; i++) rest += rows[i] * own[i];
      a = (a + b) + (c4 + d);
      double sum = ((a[0] + a[1]) + (a[2] + a[3])) + rest + intercept[c];
      is_finite &= isfinite(sum) != 0;
      *out++ = sum;
    }
  return is_finite;
}

/* probabilities: count x 2; answers: the second class where the sum is above 0, else the first. */
void share(const double *sums, int64_t count, double *probabilities, int64_t *answers) {
  for (int64_t r = 0; r < count; r++) {
    double x = sums[r], small = exp(-fabs(x));
    double positive = x >= 0 ? 1 / (1 + small) : small / (1 + small);
    probabilities[2 * r] = 1 - positive;
    probabilities[2 * r + 1] = positive;
    answers[r] = x > 0;
  }
}
