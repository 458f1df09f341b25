#!/usr/bin/env bash
# Format, house rules and clang-tidy over what is under version control. Ends with `N passed, N failed`.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
passed=0 failed=0
step() { # name, command …
  local name=$1
  shift
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
    echo "ok    $name"
  else
    failed=$((failed + 1))
    printf 'FAIL  %s\n%s\n' "$name" "$output" | head -60
  fi
}
sources() { git ls-files '*.cpp' '*.hpp'; }

format() { sources | xargs clang-format-19 --dry-run -Werror; }
# Most of the work is the headers that all files read: clang-tidy gets the files by the score, as one that holds them.
# What it finds there, or cannot compile (what one file says means something else behind another), it looks at again
# file by file, and only that counts.
tidy() {
  [ -e build/release/compile_commands.json ] || cmake --preset release >/dev/null || return 1
  rm -rf build/tidy
  export -f tidy_files tidy_batch
  git ls-files 'daemon/*.cpp' 'proto/*.cpp' 'config/*.cpp' | xargs cmake/tidy_batches.py build/release build/tidy |
    xargs -P "$(nproc)" -n 1 bash -c 'tidy_batch "$1"' tidy
}
tidy_files() { clang-tidy-19 --quiet -p build/tidy "$@" 2>&1 | sed '/^[0-9]* warnings\? generated/d'; return "${PIPESTATUS[0]}"; }
tidy_batch() {
  clang-tidy-19 --quiet -p build/tidy --extra-arg=-Wno-shadow "$1" >/dev/null 2>&1 && return
  local bad=0 file
  for file in $(sed -n 's/^#line 1 "\(.*\)"$/\1/p' "$1"); do tidy_files "$file" || bad=1; done
  return $bad
}
# No unfinished work, no file that is too long to read, no climbing includes, one meaning per room name.
house_rules() {
  local bad=0
  if git grep -nE '\b(TODO|FIXME|XXX)\b' -- '*.cpp' '*.hpp' '*.js' lamp; then bad=1; fi
  if git grep -nE '#include "\.\./' -- daemon proto config; then echo "climbing include"; bad=1; fi
  if git grep -nE 'catch \(\.\.\.\)' -- daemon proto config; then echo "catch-all"; bad=1; fi
  while read -r file; do
    lines=$(wc -l <"$file")
    if [ "$lines" -gt 700 ]; then echo "$file: $lines lines (limit 700)"; bad=1; fi
    head -1 "$file" | grep -qE '^(//|#)' || { case "$file" in *.hpp) echo "$file: does not open by saying what it is for"; bad=1 ;; esac; }
  done < <(git ls-files 'daemon/*.cpp' 'daemon/*.hpp' 'proto/*.cpp' 'proto/*.hpp' 'config/*.cpp' 'config/*.hpp')
  # Every known problem of XSI clients has a test that names it, and a row in the table of such tests.
  for row in $(seq 1 25); do
    git grep -qE "TEST_CASE\(\"[^\"]*12\.$row\b" -- tests/faults tests/xsi || { echo "12.$row: no test names it"; bad=1; }
    grep -qE "^\| [^|]*12\.$row\b" tests/faults/README.md || { echo "12.$row: not in tests/faults/README.md"; bad=1; }
  done
  if git ls-files daemon | grep -E '(utils|common|helpers)/'; then bad=1; fi
  return $bad
}
step "clang-format" format
step "house rules" house_rules
# The whole tree takes minutes: asked for by name.
[ "${1:-}" = --tidy ] && step "clang-tidy" tidy
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
