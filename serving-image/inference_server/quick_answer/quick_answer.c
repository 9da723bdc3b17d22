/* Answers the request that nearly all callers send, from its bytes to the bytes of the answer: POST /invocations in
 * HTTP/1.1 with {"instances": [[number, ...], ...]}, whole and alone, for a model of trees whose sums are probabilities.
 *
 * Everything else, and everything that is only odd, returns 0 and is answered by the general path: a number of more
 * than 15 digits, an exponent, a header with a meaning, a tab, a mistake. So this file refuses nothing and has no
 * messages, and what it does answer is equal to the general path's answer to the byte (tests/test_quick_answer.py). */

#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <stdint.h>
#include <string.h>
#include <time.h>

#include "numbers.h"
#include "read_head.h"

enum { LITERAL, CLASS_NAME, CLASS_INDEX, CONFIDENCE, PROBABILITY, FEATURE };
enum { DATE_BYTES = 29 };

/* A piece of a row's answer: literal text, or a value of the row. */
typedef struct {
  Text literal;
  int32_t kind;
  int32_t index;
} Piece;

typedef struct {
  int (*evaluate)(const void *ensemble, const double *rows, int64_t count, double *out); /* walk.c's */
  const void *ensemble;
  int64_t features;
  int64_t classes;
  const Text *class_names; /* as JSON, with quotes */
  const Piece *pieces;
  int64_t pieces_count;
  Text head_before_date, head_before_length, head_end, before, between, after;
  int64_t row_bytes;  /* the most that a row's answer takes */
  int64_t head_bytes; /* the most that the head takes */
  double *values;     /* room for values_count features, then as many sums as rows have classes */
  double *sums;
  Text *texts; /* of the values */
  int64_t values_count;
  int64_t sums_count;
  char *out;
  int64_t out_bytes;
  /* Of metrics/counts.py; the caller holds its lock. */
  uint64_t *cells;
  int64_t ok, first_bucket, seconds, first_class;
  const double *bounds;
  int64_t bounds_count;
} Quick;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static const char *skip_spaces(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
  return at;
}

/* Skips spaces before and behind one byte; NULL where it is another. */
static const char *skip(const char *at, const char *end, char expected) {
  at = skip_spaces(at, end);
  return at < end && *at == expected ? skip_spaces(at + 1, end) : NULL;
}

/* Fills values and texts; returns the number of rows, or 0. */
static int64_t read_rows(const Quick *quick, const char *at, const char *end) {
  static const char KEY[] = "\"instances\"";
  int64_t rows = 0, count = 0;
  if ((at = skip(at, end, '{')) == NULL) return 0;
  if (end - at < (int64_t)sizeof KEY || memcmp(at, KEY, sizeof KEY - 1) != 0) return 0;
  if ((at = skip(at + sizeof KEY - 1, end, ':')) == NULL || (at = skip(at, end, '[')) == NULL) return 0;
  for (;;) {
    if (count + quick->features > quick->values_count) return 0;
    if ((at = skip(at, end, '[')) == NULL) return 0;
    for (int64_t f = 0; f < quick->features; f++, count++) {
      if (f > 0 && (at = skip(at, end, ',')) == NULL) return 0;
      if ((at = read_number(at, end, &quick->values[count], &quick->texts[count])) == NULL) return 0;
    }
    if ((at = skip(at, end, ']')) == NULL) return 0;
    rows++;
    if (at < end && *at == ']') break;
    if ((at = skip(at, end, ',')) == NULL) return 0;
  }
  if ((at = skip(at, end, ']')) == NULL || (at = skip(at, end, '}')) == NULL || at != end) return 0;
  return rows * quick->classes <= quick->sums_count ? rows : 0;
}

static char *put_row(const Quick *quick, char *to, const double *sums, const Text *texts, int64_t class) {
  for (int64_t p = 0; p < quick->pieces_count; p++) {
    const Piece *piece = &quick->pieces[p];
    switch (piece->kind) {
      case LITERAL:
        to = put(to, piece->literal);
        break;
      case CLASS_NAME:
        to = put(to, quick->class_names[class]);
        break;
      case CLASS_INDEX:
        to = put_integer(to, (uint64_t)class);
        break;
      case FEATURE:
        to = put_feature(to, texts[piece->index]);
        break;
      default:
        to = put_probability(to, sums[piece->kind == CONFIDENCE ? class : piece->index]);
        if (to == NULL) return NULL;
    }
  }
  return to;
}

static void count(const Quick *quick, int64_t rows, double seconds) {
  int64_t bucket = 0;
  while (bucket < quick->bounds_count && quick->bounds[bucket] < seconds) bucket++;
  quick->cells[quick->first_bucket + bucket]++;
  quick->cells[quick->ok]++;
  double sum;
  memcpy(&sum, &quick->cells[quick->seconds], sizeof sum);
  sum += seconds;
  memcpy(&quick->cells[quick->seconds], &sum, sizeof sum);
  const double *sums = quick->sums;
  for (int64_t r = 0; r < rows; r++, sums += quick->classes) {
    int64_t class = 0;
    for (int64_t c = 1; c < quick->classes; c++)
      if (sums[c] > sums[class]) class = c;
    quick->cells[quick->first_class + class]++;
  }
}

/* Returns where the answer begins in `out`, and in the upper half where it ends; 0: ask the general path. */
int64_t quick_answer(const Quick *quick, const char *request, int64_t size, const char *date) {
  double started = now();
  const char *end = request + size, *body = read_head(request, end);
  if (body == NULL) return 0;
  int64_t rows = read_rows(quick, body, end);
  if (rows == 0) return 0;
  if (quick->evaluate(quick->ensemble, quick->values, rows, quick->sums) != 0) return 0;

  char *begin = quick->out + quick->head_bytes, *limit = quick->out + quick->out_bytes - quick->after.size;
  char *to = put(begin, quick->before);
  for (int64_t r = 0; r < rows; r++) {
    if (limit - to < quick->between.size + quick->row_bytes) return 0;
    if (r > 0) to = put(to, quick->between);
    const double *sums = quick->sums + r * quick->classes;
    int64_t class = 0;
    for (int64_t c = 1; c < quick->classes; c++)
      if (sums[c] > sums[class]) class = c;
    to = put_row(quick, to, sums, quick->texts + r * quick->features, class);
    if (to == NULL) return 0;
  }
  to = put(to, quick->after);

  /* The head stands right before the body, whose length it tells. */
  char digits[20];
  Text length = {digits, put_integer(digits, (uint64_t)(to - begin)) - digits}, when = {date, DATE_BYTES};
  char *head = begin - (quick->head_before_date.size + DATE_BYTES + quick->head_before_length.size + length.size +
                        quick->head_end.size);
  put(put(put(put(put(head, quick->head_before_date), when), quick->head_before_length), length), quick->head_end);
  count(quick, rows, now() - started);
  return (to - quick->out) << 32 | (head - quick->out);
}
