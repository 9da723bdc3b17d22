#!/bin/sh
# onnxruntime 1.32.0, Linux: `import onnxruntime` alone writes files, unless a variable in the environment forbids it.
#
# Expected: an import writes nothing, and onnxruntime.disable_telemetry_events() switches telemetry off.
# Seen: the import writes .ses (a session id) into TMPDIR, or /tmp, and a device id and a database of events into
#   $XDG_CACHE_HOME or ~/.cache, below Microsoft/DeveloperTools/.onnxruntime. Seconds later it looks up
#   mobile.events.data.microsoft.com (strace shows it). disable_telemetry_events() can be called only after the
#   import, when all of that has begun. ORT_DISABLE_TELEMETRY=1 before the import prevents it, and so do CI=true
#   and CI=1; CI=false, CI=0 and an empty CI do not. So a program that is tested where CI is set shows nothing of it.
# Documented: docs/Privacy.md in github.com/microsoft/onnxruntime; there since 1.29.0, not in 1.28.0.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Python 3.11 to 3.14 and pip's network.
set -eu

version=1.32.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
[ "$(uname -s)" = Linux ] || { echo "This is about Linux."; exit 2; }
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "onnxruntime==$version" || exit 2

# Without a network, where the system lets us: the files come all the same, and nothing is sent.
offline=
unshare --user --map-root-user --net true 2>/dev/null && offline="unshare --user --map-root-user --net"

# try PROGRAM [NAME=VALUE...]: prints the files that the program leaves, in an environment of nothing else.
try() {
  program=$1
  shift
  rm -rf "$folder/home" "$folder/tmp"
  mkdir "$folder/home" "$folder/tmp"
  $offline env -i PATH="$PATH" HOME="$folder/home" TMPDIR="$folder/tmp" "$@" "$folder/venv/bin/python" -c "$program"
  (cd "$folder" && find home tmp -type f | sort | tr '\n' ' ')
}

import='import onnxruntime'
late='import onnxruntime; onnxruntime.disable_telemetry_events()'
cache=home/.cache/Microsoft/DeveloperTools/.onnxruntime
written="$cache/deviceid $cache/onnxruntime.db tmp/.ses "
status=0

# check WHAT EXPECTED FOUND
check() {
  printf '%s\n    leaves %s\n' "$1" "${3:-nothing}"
  [ "$2" = "$3" ] || { printf '    NEW: it was %s\n' "${2:-nothing}"; status=1; }
}

"$folder/venv/bin/python" --version
echo "onnxruntime $version"
check "$import" "$written" "$(try "$import")"
check "$late" "$written" "$(try "$late")"
check "CI=false  $import" "$written" "$(try "$import" CI=false)"
check "CI=true  $import" '' "$(try "$import" CI=true)"
check "ORT_DISABLE_TELEMETRY=1  $import" '' "$(try "$import" ORT_DISABLE_TELEMETRY=1)"
exit "$status"
