#!/bin/sh
# Which variant of an A/B test a user gets: as client/pick-variant.ts, by the algorithm of docs/ab-tests.md.
# Usage: pick-variant.sh EXPERIMENT NAME=WEIGHT... < user ids, one a line
# Needs awk, and sha256sum or shasum. One variant a line, in the order of the user ids.
set -eu
export LC_ALL=C
refuse() {
  echo "$1" >&2
  exit 2
}
[ $# -ge 2 ] || refuse 'There are no variants. Usage: pick-variant.sh EXPERIMENT NAME=WEIGHT... < user ids'
experiment=$1
shift
case $experiment in *[!\ -~]*) refuse "The experiment '$experiment' is not printable ASCII on one line." ;; esac

# Of equal scores the first is taken, so by name.
variants=$(printf '%s\n' "$@" | awk '
  function refuse(text) { print text > "/dev/stderr"; failed = 1; exit 2 }
  {
    at = index($0, "="); name = substr($0, 1, at - 1); weight = substr($0, at + 1)
    if (name !~ /^[a-zA-Z0-9][-a-zA-Z0-9]*$/ || name ~ /-$/ || length(name) > 63) refuse("\"" name "\" cannot name a variant.")
    if (seen[name]++) refuse("The variant " name " is given twice.")
    if (weight !~ /^[0-9]*[.]?[0-9]+([eE][-+]?[0-9]+)?$/ || (weight + 0 != 0 && (weight + 0 < 1e-9 || weight + 0 > 1e9)))
      refuse("The weight of " name " is " weight ". Allowed: 0, or from 1e-9 to 1e9.")
    if (weight + 0 > 0) chosen[name] = weight
  }
  END {
    if (failed) exit 2
    for (name in chosen) { print name " " chosen[name]; some = 1 }
    if (!some) refuse("All weights are 0.")
  }' | sort)
# What awk refused, it has told: the status of a pipe is the last program's.
[ -n "$variants" ] || exit 2

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# One file for each user and variant, so that all are hashed at once; the user id is last, without a line break.
users=0
: >files
while IFS= read -r user || [ -n "$user" ]; do
  [ -n "$user" ] || refuse 'The user id is empty.'
  users=$((users + 1))
  while read -r name _; do
    printf 'pick-variant/1\n%s\n%s\n%s' "$experiment" "$name" "$user" >"$users.$name"
    echo "$users.$name" >>files
  done <<END
$variants
END
done

[ "$users" -gt 0 ] || refuse 'The user id is empty.'
if command -v sha256sum >/dev/null; then sha256=sha256sum; else sha256='shasum -a 256'; fi
# shellcheck disable=SC2086
xargs -n 500 $sha256 <files |
  variants=$variants awk '
    # -log2(number / 2^52) in units of 2^-24, less than 3 of them too much: whole numbers below 2^53 alone, exact in awk.
    function small_logarithm(number, power, logarithm, mantissa, unit) {
      logarithm = 0
      for (power = 4503599627370496; power > number; power /= 2) logarithm += 16777216
      mantissa = int(number / power * 33554432)
      for (unit = 8388608; unit >= 1; unit /= 2) {
        mantissa = int(mantissa * mantissa / 33554432)
        if (mantissa >= 67108864) { mantissa = int(mantissa / 2); logarithm -= unit }
      }
      return logarithm
    }
    BEGIN {
      count = split(ENVIRON["variants"], lines, "\n")
      for (i = 1; i <= count; i++) { split(lines[i], pair, " "); names[i] = pair[1]; weights[i] = pair[2] + 0 }
    }
    {
      drawn = 0
      for (i = 1; i <= 13; i++) drawn = drawn * 16 + index("0123456789abcdef", substr($1, i, 1)) - 1
      at = (NR - 1) % count + 1
      score = small_logarithm(drawn + 1) / weights[at]
      if (at == 1 || score < best) { best = score; picked = names[at] }
      if (at == count) print picked
    }'
