/* libFuzzer on quick_answer.c: any bytes as a request, any sums as an answer.
 *
 *   clang -g -O1 -std=c11 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
 *     tests/fuzz_quick_answer.c -o fuzz_quick_answer && ./fuzz_quick_answer -max_total_time=900
 *
 * Every buffer is of exactly its size on the heap, as quick_answer.py sizes it, so that a step beside one is seen.
 * Half of the inputs are put behind a good head, which a fuzzer finds too seldom to get to the rows. */

#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>

#include "../inference_server/quick_answer/quick_answer.c"

enum { CLASSES = 3, COLUMNS = 4, VALUES = 64, BOUNDS = 4, CELLS = 1 + BOUNDS + 1 + 1 + CLASSES };

static const uint8_t *input;
static size_t left_over;

/* In place of the walker: sums out of the input, or a refusal. */
static int evaluate(const void *ensemble, const double *rows, int64_t count, double *out) {
  (void)ensemble;
  double seen = 0;
  for (int64_t v = 0; v < count * COLUMNS; v++) seen += rows[v];
  if (seen == 777) return 1;
  for (int64_t c = 0; c < count * CLASSES; c++) {
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++) bits = bits << 8 | (left_over > (size_t)(8 * c + i) ? input[8 * c + i] : 0x3f);
    memcpy(&out[c], &bits, sizeof bits);
  }
  return 0;
}

static Text text(const char *content) { return (Text){content, (int64_t)strlen(content)}; }

static void *room(size_t bytes) {
  void *memory = malloc(bytes);
  if (memory == NULL) abort();
  memset(memory, 0, bytes);
  return memory;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1) return 0;
  int with_head = data[0] & 1;
  const char *body = (const char *)data + 1;
  size_t length = size - 1;
  char head[256];
  int head_size = with_head ? snprintf(head, sizeof head,
                                       "POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                       "Content-Length: %zu\r\n\r\n",
                                       length)
                            : 0;
  char *request = room((size_t)head_size + length + 1);
  memcpy(request, head, (size_t)head_size);
  memcpy(request + head_size, body, length);
  char *whole = realloc(request, (size_t)head_size + length + (head_size + length == 0));
  input = data;
  left_over = size;

  Text names[CLASSES] = {text("\"a\""), text("\"b \\\" \""), text("\"virginica\"")};
  Piece pieces[] = {{text("{\"c\":"), LITERAL, 0},  {text(""), CLASS_NAME, 0},  {text(",\"i\":"), LITERAL, 0},
                    {text(""), CLASS_INDEX, 0},     {text(",\"p\":"), LITERAL, 0}, {text(""), CONFIDENCE, 0},
                    {text(""), PROBABILITY, 0},     {text(","), LITERAL, 0},    {text(""), PROBABILITY, 2},
                    {text(""), FEATURE, 0},         {text(""), FEATURE, 3},     {text("}"), LITERAL, 0}};
  const int64_t row_bytes = 18 + 11 + 24 * (COLUMNS + CLASSES + 2) + 1, head_bytes = 4 + 6 + 4 + 29 + 24;
  const int64_t rows = VALUES / COLUMNS;
  static const double bounds[BOUNDS] = {1e-6, 1e-5, 1e-4, 1};
  Quick quick = {
      .evaluate = evaluate, .features = COLUMNS, .classes = CLASSES, .class_names = names, .pieces = pieces,
      .pieces_count = sizeof pieces / sizeof *pieces, .head_before_date = text("head"),
      .head_before_length = text("length"), .head_end = text("\r\n\r\n"), .before = text("["), .between = text(","),
      .after = text("]"), .row_bytes = row_bytes, .head_bytes = head_bytes, .values = room(VALUES * sizeof(double)),
      .sums = room((size_t)(rows * CLASSES) * sizeof(double)), .texts = room(VALUES * sizeof(Text)),
      .values_count = VALUES, .sums_count = rows * CLASSES, .out_bytes = head_bytes + 1 + rows * row_bytes + 1,
      .cells = room(CELLS * sizeof(uint64_t)), .ok = 0, .first_bucket = 1, .seconds = 2 + BOUNDS,
      .first_class = 3 + BOUNDS, .bounds = bounds, .bounds_count = BOUNDS,
  };
  quick.out = room((size_t)quick.out_bytes);
  int64_t place = quick_answer(&quick, whole, head_size + (int64_t)length, "Sun, 22 Nov 2026 17:00:00 GMT");
  int64_t begin = place & 0xffffffff, end = place >> 32;
  if (place != 0 && (begin < 0 || end > quick.out_bytes || end <= begin || memcmp(quick.out + begin, "head", 4) != 0)) abort();
  free(whole);
  free(quick.values);
  free(quick.sums);
  free(quick.texts);
  free(quick.cells);
  free(quick.out);
  return 0;
}
