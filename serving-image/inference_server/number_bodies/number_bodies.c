/* Tables of numbers out of JSON and CSV, and into the text of an answer, without a Python object for each number.
 *
 * As quick_answer.c, this knows no mistakes: what is not a table of plain numbers, or only odd, returns -1, and the
 * general path reads the same bytes, for the answer or for the message (tests/test_number_bodies.py). */

#include "number.h"

typedef struct {
  const char *text;
  int64_t size;
} Text;

static const char *skip_spaces(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
  return at;
}

/* Skips spaces before and behind one byte; NULL where it is another. */
static const char *skip(const char *at, const char *end, char expected) {
  at = skip_spaces(at, end);
  return at < end && *at == expected ? skip_spaces(at + 1, end) : NULL;
}

static const char *skip_text(const char *at, const char *end, const char *expected) {
  int64_t size = (int64_t)strlen(expected);
  return end - at >= size && memcmp(at, expected, (size_t)size) == 0 ? at + size : NULL;
}

/* Reads `{"instances": [[1, 2], ...]}` or the list alone into rows of `width`; null is NaN, and counts as a gap.
 * `values` has room for a number more than there are bytes. Returns the number of rows, or -1. */
int64_t read_json(const char *at, int64_t size, int64_t width, double *values, int64_t *gaps) {
  const char *end = at + size;
  at = skip_spaces(at, end);
  int is_object = at < end && *at == '{';
  if (is_object) {
    at = skip_spaces(at + 1, end);
    if ((at = skip_text(at, end, "\"instances\"")) == NULL || (at = skip(at, end, ':')) == NULL) return -1;
  }
  if ((at = skip(at, end, '[')) == NULL) return -1;
  int64_t rows = 0;
  *gaps = 0;
  for (;; rows++) {
    if (rows > 0 && at < end && *at == ']') break;
    if (rows > 0 && (at = skip(at, end, ',')) == NULL) return -1;
    if ((at = skip(at, end, '[')) == NULL) return -1;
    for (int64_t i = 0; i < width; i++) {
      if (i > 0) {
        if (at < end && *at == ',') at++;
        else if ((at = skip(at, end, ',')) == NULL) return -1;
        if (at < end && *at <= ' ') at = skip_spaces(at, end);
      }
      const char *next = read_number(at, end, 1, values);
      if (next == NULL) {
        if ((next = skip_text(at, end, "null")) == NULL) return -1;
        *values = NAN;
        ++*gaps;
      }
      values++;
      at = next;
    }
    if ((at = skip(at, end, ']')) == NULL) return -1;
  }
  at = skip_spaces(at + 1, end);
  if (is_object && (at = skip(at, end, '}')) == NULL) return -1;
  return at == end ? rows : -1;
}

/* Reads lines of `width` numbers, with commas; an empty cell is NaN, and counts as a gap. No quotes, no empty lines. */
int64_t read_csv(const char *at, int64_t size, int64_t width, double *values, int64_t *gaps) {
  const char *end = at + size;
  int64_t rows = 0;
  *gaps = 0;
  for (; at < end; rows++) {
    for (int64_t i = 0; i < width; i++) {
      if (i > 0 && (at == end || *at++ != ',')) return -1;
      int is_empty = width > 1 && (at == end || *at == ',' || *at == '\n' || *at == '\r');
      if (is_empty) {
        *values++ = NAN;
        ++*gaps;
      } else if ((at = read_number(at, end, 0, values++)) == NULL) {
        return -1;
      }
    }
    if (at < end && *at == '\r') at++;
    if (at < end && *at++ != '\n') return -1;
  }
  return rows;
}

static char *put(char *to, Text text) {
  memcpy(to, text.text, (size_t)text.size);
  return to + text.size;
}

/* Writes rows of `numbers`, which is a JSON list of lists as orjson writes it, `columns` in each: before each row one of
 * `heads`, that of its number in `which`; behind each number its text of `tails`; `between` between rows. Returns the
 * bytes written. The caller has made room: for all of these, and for `numbers`. */
int64_t write_rows(const char *numbers, int64_t rows, int64_t columns, const Text *heads, const int64_t *which,
                   const Text *tails, const Text *between, char *out) {
  char *to = out;
  numbers++;
  for (int64_t r = 0; r < rows; r++) {
    if (r > 0) to = put(to, *between);
    to = put(to, heads[which[r]]);
    for (int64_t i = 0; i < columns; i++) {
      numbers++; /* [ or , */
      while (*numbers != ',' && *numbers != ']') *to++ = *numbers++;
      to = put(to, tails[i]);
    }
    numbers += 2; /* ], or ]] */
  }
  return to - out;
}
