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
#include <strings.h>
#include <time.h>

enum { LITERAL, CLASS_NAME, CLASS_INDEX, CONFIDENCE, PROBABILITY, FEATURE };
enum { HTTP_HEADERS = 64, DATE_BYTES = 29 };

typedef struct {
  const char *text;
  int64_t size;
} Text;

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
  /* Counts of metrics.py; the caller holds its lock. */
  uint64_t *cells;
  int64_t ok, first_bucket, seconds, first_class;
  const double *bounds;
  int64_t bounds_count;
} Quick;

static const double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static char *put(char *to, Text text) {
  memcpy(to, text.text, (size_t)text.size);
  return to + text.size;
}

static char *put_integer(char *to, uint64_t value) {
  char digits[20];
  int count = 0;
  do digits[count++] = (char)('0' + value % 10);
  while (value /= 10);
  while (count) *to++ = digits[--count];
  return to;
}

/* `decimals` digits after "0.", without the zeros at the end. */
static char *put_fraction(char *to, uint64_t value, int decimals) {
  while (value % 10 == 0) {
    value /= 10;
    decimals--;
  }
  *to++ = '0';
  *to++ = '.';
  for (int i = decimals - 1; i >= 0; i--) {
    to[i] = (char)('0' + value % 10);
    value /= 10;
  }
  return to + decimals;
}

/* The shortest text that reads back as the same probability, and of those the nearest, as orjson writes it; NULL where
 * that takes more than this: below 0.0001, above 1, a power of two (whose neighbours are not equally far), a tie.
 * All digits come from integers of 128 bits, in which x = f * 2^-shift times a power of ten is exact. */
char *put_probability(char *to, double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  if (bits == 0) return memcpy(to, "0.0", 3), to + 3;
  if (x == 1) return memcpy(to, "1.0", 3), to + 3;
  if (!(x >= 1e-4 && x < 1)) return NULL;
  /* A decimal of at most 15 digits is the only one that reads back as its double. */
  uint64_t few = (uint64_t)(x * 1e15 + 0.5);
  if ((double)few / 1e15 == x) return put_fraction(to, few, 15);
  uint64_t f = (bits & ((1ULL << 52) - 1)) | 1ULL << 52;
  if (f == 1ULL << 52) return NULL;
  int shift = 1075 - (int)(bits >> 52);
  int zeros = x < 1e-3 ? 3 : x < 1e-2 ? 2 : x < 1e-1 ? 1 : 0;
  unsigned __int128 ten = 1;
  for (int i = 0; i < 15 + zeros; i++) ten *= 10;
  for (int decimals = 15 + zeros; decimals <= 17 + zeros; decimals++, ten *= 10) {
    unsigned __int128 scaled = f * ten, half = (unsigned __int128)1 << (shift - 1);
    uint64_t digits = (uint64_t)(scaled >> shift);
    unsigned __int128 rest = scaled - ((unsigned __int128)digits << shift);
    if (rest == half) return NULL;
    if (rest > half) {
      digits++;
      rest = 2 * half - rest;
    }
    if (2 * rest < ten) return put_fraction(to, digits, decimals);
  }
  return NULL;
}

/* One number of at most 15 digits without an exponent; returns the end, or NULL. `echo` is how it is written again. */
static const char *read_number(const char *at, const char *end, double *value, Text *echo) {
  const char *start = at;
  int negative = at < end && *at == '-';
  at += negative;
  const char *digits = at;
  uint64_t mantissa = 0;
  while (at < end && *at >= '0' && *at <= '9' && at - digits < 16) mantissa = 10 * mantissa + (uint64_t)(*at++ - '0');
  if (at == digits || at - digits > 15 || (*digits == '0' && at - digits > 1)) return NULL;
  int decimals = 0;
  const char *last = at; /* behind the last digit that is written again */
  if (at < end && *at == '.') {
    at++;
    while (at < end && *at >= '0' && *at <= '9' && decimals < 19) {
      if (mantissa >= 100000000000000ULL) return NULL;
      mantissa = 10 * mantissa + (uint64_t)(*at++ - '0');
      decimals++;
      if (at[-1] != '0') last = at;
    }
    if (decimals == 0 || decimals > 18) return NULL;
  }
  if (at < end && ((*at >= '0' && *at <= '9') || *at == '.' || *at == 'e' || *at == 'E')) return NULL;
  *value = (double)mantissa / POWERS[decimals];
  if (negative) *value = -*value;
  /* -0 is an integer to some and a float to others; below 0.0001 exponents begin. */
  if (mantissa == 0 ? negative : *value < 1e-4 && *value > -1e-4) return NULL;
  echo->text = start;
  echo->size = last - start;
  return at;
}

static char *put_feature(char *to, Text echo) {
  to = put(to, echo);
  if (memchr(echo.text, '.', (size_t)echo.size) == NULL) {
    *to++ = '.';
    *to++ = '0';
  }
  return to;
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

static int is(Text text, const char *expected) {
  return text.size == (int64_t)strlen(expected) && strncasecmp(text.text, expected, (size_t)text.size) == 0;
}

static int starts(Text text, const char *expected) {
  return text.size >= (int64_t)strlen(expected) && strncasecmp(text.text, expected, strlen(expected)) == 0;
}

static int equals(Text text, const char *expected) {
  return text.size == (int64_t)strlen(expected) && memcmp(text.text, expected, (size_t)text.size) == 0;
}

enum { HOST = 1, TYPE = 2, LENGTH = 4, ACCEPT = 8, CONNECTION = 16 };

/* Returns which header this is, 0 for one without a meaning, -1 for what the general path has to look at. */
static int read_header(Text name, Text value, int64_t *length) {
  switch (name.text[0] | 0x20) {
    case 'h':
      return is(name, "host") ? HOST : is(name, "http2-settings") ? -1 : 0;
    case 'a':
      if (!is(name, "accept")) return 0;
      return equals(value, "*/*") || equals(value, "application/json") ? ACCEPT : -1;
    case 'c':
      if (is(name, "content-type")) return equals(value, "application/json") ? TYPE : -1;
      if (is(name, "connection")) return is(value, "keep-alive") ? CONNECTION : -1;
      if (is(name, "content-length")) {
        *length = 0;
        if (value.size > 4) return -1;
        for (int64_t i = 0; i < value.size; i++) {
          if (value.text[i] < '0' || value.text[i] > '9') return -1;
          *length = 10 * *length + (value.text[i] - '0');
        }
        return LENGTH;
      }
      return is(name, "content-encoding") ? -1 : 0;
    case 'e':
      return is(name, "expect") ? -1 : 0;
    case 'k':
      return is(name, "keep-alive") ? -1 : 0;
    case 'p':
      return is(name, "proxy-connection") ? -1 : 0;
    case 't':
      return is(name, "te") || is(name, "trailer") || is(name, "transfer-encoding") ? -1 : 0;
    case 'u':
      return is(name, "upgrade") ? -1 : 0;
    case 'x':
      return starts(name, "x-amzn-sagemaker-") ? -1 : 0;
    default:
      return 0;
  }
}

static int is_token(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '-';
}

/* Returns where the body begins, if all bytes behind the head are the body; NULL for what is not as usual. */
static const char *read_head(const char *at, const char *end) {
  static const char START[] = "POST /invocations HTTP/1.1\r\n";
  int64_t length = 0;
  int seen = 0;
  if (end - at < (int64_t)sizeof START || memcmp(at, START, sizeof START - 1) != 0) return NULL;
  at += sizeof START - 1;
  for (int headers = 0; headers < HTTP_HEADERS; headers++) {
    if (end - at >= 2 && at[0] == '\r') {
      at += 2;
      if (at[-1] != '\n' || (seen & (HOST | TYPE | LENGTH)) != (HOST | TYPE | LENGTH)) return NULL;
      return end - at == length ? at : NULL;
    }
    Text name = {at, 0}, value;
    while (at < end && is_token(*at)) at++;
    name.size = at - name.text;
    if (name.size == 0 || end - at < 2 || at[0] != ':') return NULL;
    at += at[1] == ' ' ? 2 : 1;
    value.text = at;
    while (at < end && *at >= 0x20 && *at < 0x7f) at++;
    value.size = at - value.text;
    if (value.size == 0 || value.text[0] == ' ' || at[-1] == ' ') return NULL;
    if (end - at < 2 || at[0] != '\r' || at[1] != '\n') return NULL;
    at += 2;
    int which = read_header(name, value, &length);
    if (which < 0 || (which & seen)) return NULL;
    seen |= which;
  }
  return NULL;
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
