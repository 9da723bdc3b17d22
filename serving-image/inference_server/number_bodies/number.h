/* One number as JSON has it, read to the nearest double as Python and orjson read it.
 *
 * Compiled with number_bodies.c, as one unit. */

#ifndef NUMBER_BODIES_NUMBER_H
#define NUMBER_BODIES_NUMBER_H

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* More digits than a mantissa of 64 bits surely holds are left to the general path, and so are such exponents. */
enum { MOST_DIGITS = 19, MOST_EXPONENT = 280, MOST_BYTES = 64 };

static const double EXACT_POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

#if LDBL_MANT_DIG == 64
/* 5^27 has 63 bits. */
enum { MOST_LONG_POWER = 27 };
static const long double LONG_POWERS[] = {1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,  1e9L,
                                          1e10L, 1e11L, 1e12L, 1e13L, 1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L,
                                          1e20L, 1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L};
#endif

static int is_digit(const char *at, const char *end) { return at < end && *at >= '0' && *at <= '9'; }

/* `mantissa` times ten to `exponent`, rounded once; the text has it again for what this does not decide. */
static int nearest(uint64_t mantissa, int exponent, const char *text, int64_t size, double *value) {
  if (mantissa == 0) return *value = 0.0, 1;
  if (mantissa <= 1ULL << 53 && exponent >= -22 && exponent <= 22) {
    *value = exponent < 0 ? (double)mantissa / EXACT_POWERS[-exponent] : (double)mantissa * EXACT_POWERS[exponent];
    return 1;
  }
#if LDBL_MANT_DIG == 64
  if (exponent >= -MOST_LONG_POWER && exponent <= MOST_LONG_POWER) {
    /* Mantissa and power are exact, so this is rounded once, to 64 bits. Rounding that to 53 errs only half-way. */
    long double exact = exponent < 0 ? (long double)mantissa / LONG_POWERS[-exponent]
                                     : (long double)mantissa * LONG_POWERS[exponent];
    uint64_t bits;
    memcpy(&bits, &exact, sizeof bits);
    if ((bits & 0x7ff) != 0x400) return *value = (double)exact, 1;
  }
#endif
  char copy[MOST_BYTES];
  if (size >= MOST_BYTES) return 0;
  memcpy(copy, text, (size_t)size);
  copy[size] = 0;
  *value = fabs(strtod(copy, NULL));
  return 1;
}

/* Returns where the number ends; NULL for what is no number, and for what the general path shall read. `integers`:
 * whether -0 is an integer, which has no sign. */
static const char *read_number(const char *at, const char *end, int integers, double *value) {
  const char *start = at;
  int negative = at < end && *at == '-';
  at += negative;
  const char *digits = at;
  uint64_t mantissa = 0;
  for (; is_digit(at, end); at++) mantissa = 10 * mantissa + (uint64_t)(*at - '0');
  int64_t count = at - digits, decimals = 0;
  if (count == 0 || (*digits == '0' && count > 1)) return NULL;
  int is_integer = 1;
  if (at < end && *at == '.') {
    const char *point = at++;
    for (; is_digit(at, end); at++) mantissa = 10 * mantissa + (uint64_t)(*at - '0');
    decimals = at - point - 1;
    if (decimals == 0) return NULL;
    is_integer = 0;
  }
  const char *first = digits;
  while (first < at && (*first == '0' || *first == '.')) first++;
  if (at - first > MOST_DIGITS || decimals > MOST_BYTES) return NULL;
  int exponent = 0;
  if (at < end && (*at == 'e' || *at == 'E')) {
    at++;
    int down = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    if (!is_digit(at, end)) return NULL;
    for (; is_digit(at, end); at++)
      if ((exponent = 10 * exponent + (*at - '0')) > MOST_EXPONENT) return NULL;
    if (down) exponent = -exponent;
    is_integer = 0;
  }
  if (integers && negative && is_integer && mantissa == 0) return NULL;
  if (!nearest(mantissa, exponent - (int)decimals, start, at - start, value)) return NULL;
  if (negative) *value = -*value;
  return at;
}

#endif
