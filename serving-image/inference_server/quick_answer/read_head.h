/* The head of the usual request: each header is known to be harmless, or the general path has to look at it.
 *
 * Compiled with quick_answer.c, as one unit. */

#ifndef QUICK_ANSWER_READ_HEAD_H
#define QUICK_ANSWER_READ_HEAD_H

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "numbers.h"

enum { HTTP_HEADERS = 64 };

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

#endif
