/* Numbers as JSON, read and written without a rounding of our own; and the text that they are pieces of.
 *
 * Compiled with quick_answer.c, as one unit. */

#ifndef QUICK_ANSWER_NUMBERS_H
#define QUICK_ANSWER_NUMBERS_H

#include <stdint.h>
#include <string.h>

typedef struct {
  const char *text;
  int64_t size;
} Text;

static const double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

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

#endif
