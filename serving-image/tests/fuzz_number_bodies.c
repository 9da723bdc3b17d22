/* libFuzzer on number_bodies.c: any bytes as JSON and as CSV; what is read must fit where read_number_body.py makes room.
 *
 *   clang -g -O1 -std=c11 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all tests/fuzz_number_bodies.c \
 *     -o fuzz_number_bodies -lm && ./fuzz_number_bodies -max_total_time=300
 *
 * Without clang: a main that calls LLVMFuzzerTestOneInput, and gcc without `fuzzer`. */

#include "../inference_server/number_bodies/number_bodies.c"

/* Bytes become pieces of bodies: pure noise is refused at its first byte. */
static const char *PIECES[] = {"[",  "]",    "[[",  "]]",  ",",   "],[", "{\"instances\":", "}",  "1",   "-2.5",
                               "0",  "null", "\n",  "\r\n", " ",  "e",   "1e5",             "0.", "-0",  "12345678901234567890",
                               ",,", "0.1,", "7,8", "\"",  "nan", "\xff"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2) return 0;
  int64_t width = 1 + data[0] % 4, length = 0;
  int is_json = data[1] % 2, is_plain = data[1] & 2;
  char *body = malloc(size * 24);
  for (size_t i = 2; i < size; i++) {
    const char *piece = PIECES[data[i] % (sizeof PIECES / sizeof *PIECES)];
    if (is_plain) body[length++] = (char)data[i];
    else length += (int64_t)strlen(strcpy(body + length, piece));
  }
  char *exact = malloc((size_t)length + 1); /* as Python's bytes, which end with a zero */
  memcpy(exact, body, (size_t)length);
  exact[length] = 0;
  double *values = malloc((size_t)(length + 1) * sizeof *values);
  int64_t gaps, rows = (is_json ? read_json : read_csv)(exact, length, width, values, &gaps);
  for (int64_t i = 0; i < rows * width; i++)
    if (isinf(values[i])) abort();
  free(body), free(exact), free(values);
  return 0;
}
