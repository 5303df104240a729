#!/bin/sh
# Builds libforetoken_native.so into the directory given, and builds and runs the C tests under sanitizers where the compiler has them.
#   build.sh OUTPUT_DIRECTORY WORK_DIRECTORY required|optional SKIP_TESTS
# Does nothing when neither sources nor compiler changed; keeps one result per state of them in the user's cache, once it is tested. Without a compiler: a warning and success, or with `required` an error.
# SKIP_TESTS=true leaves the C tests to the next build without it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
output=$1
work=$2
required=$3
skip_tests=$4
compiler=${CC:-cc}

give_up() {
  rm -f "$output/libforetoken_native.so" "$output/libforetoken_native.so.sha256"
  if [ "$required" = required ]; then
    echo "ERROR: the native kernels were required (-Dnative.required) but cannot be built: $1" >&2
    exit 1
  fi
  echo "WARNING: building without native kernels: $1 The Java kernels run instead, many times slower." >&2
  exit 0
}

put() { # FOLDER: a process may run what is there, so it is replaced and not written over
  for file in libforetoken_native.so libforetoken_native.so.sha256; do
    cp "$1/$file" "$output/$file.$$"
    mv "$output/$file.$$" "$output/$file"
  done
}

platform=$(uname -s)-$(uname -m)
[ "$platform" = Linux-x86_64 ] || give_up "there are none for $platform, only for Linux-x86_64."
command -v "$compiler" >/dev/null 2>&1 || give_up "no C compiler ('$compiler') was found; install gcc or clang."
printf '#include <stdint.h>\nint main(void) { __asm__("tilerelease"); return 0; }\n' >"${TMPDIR:-/tmp}/foretoken-probe-$$.c"
probe_status=0
"$compiler" -c -mavx512bf16 "${TMPDIR:-/tmp}/foretoken-probe-$$.c" -o "${TMPDIR:-/tmp}/foretoken-probe-$$.o" >/dev/null 2>&1 || probe_status=$?
rm -f "${TMPDIR:-/tmp}/foretoken-probe-$$.c" "${TMPDIR:-/tmp}/foretoken-probe-$$.o"
[ $probe_status -eq 0 ] || give_up "'$compiler' cannot compile C for AVX-512 BF16 and AMX; it needs GCC 11 or Clang 11 and the C library's headers."

mkdir -p "$output" "$work"
stamp=$( (cat "$here"/*.c "$here"/*.h "$here"/test/* "$0"; "$compiler" --version) | sha256sum | cut -d' ' -f1)
if [ -f "$output/libforetoken_native.so" ]; then
  case "$skip_tests $(cat "$work/stamp" 2>/dev/null)" in
    *" $stamp" | "true $stamp untested") exit 0 ;;
  esac
fi
rm -f "$work/stamp"
# The same sources and compiler were built and tested before, in another checkout or before a clean: take that.
kept=${XDG_CACHE_HOME:-$HOME/.cache}/foretoken/build/$stamp
if [ -f "$kept/libforetoken_native.so" ] && (cd "$kept" && echo "$(cat libforetoken_native.so.sha256)  libforetoken_native.so" | sha256sum -c --status); then
  put "$kept"
  echo "$stamp" >"$work/stamp"
  exit 0
fi
echo "native kernels: compiling with $("$compiler" --version | head -n 1)"

# -ffp-contract=off: a multiply and an add become one instruction only where the source says so, in every tile alike.
common="-std=c11 -ffp-contract=off -fPIC -fvisibility=hidden -Wall -Wextra"
[ "$required" = required ] && common="$common -Werror"
flags_of() {
  case $1 in
    isa_avx2 | isa_avx2vnni) echo "-mavx2 -mfma -mf16c" ;;
    isa_avx512 | isa_avx512vnni) echo "-mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma -mf16c" ;;
    isa_amx | isa_avx512bf16) echo "-mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512bf16 -mfma -mf16c" ;;
    *) echo "" ;;
  esac
}

# compile SUFFIX FLAGS...: every source to $work/<name>.SUFFIX.o, in parallel; the big files first.
compile() {
  suffix=$1
  shift
  pids=""
  for source in isa_amx isa_avx512bf16 isa_avx512 isa_avx512vnni isa_avx2 isa_avx2vnni matmul map_kv lift quantized operations logits state context pool; do
    # shellcheck disable=SC2046
    "$compiler" $common "$@" $(flags_of $source) -c "$here/$source.c" -o "$work/$source.$suffix.o" &
    pids="$pids $!"
  done
  for pid in $pids; do
    wait "$pid"
  done
}

compile release -O3
"$compiler" -shared -o "$work/libforetoken_native.so" "$work"/*.release.o -lpthread -lm
(cd "$work" && sha256sum libforetoken_native.so | cut -d' ' -f1 >libforetoken_native.so.sha256)

deliver() { # stamp
  put "$work"
  echo "$1" >"$work/stamp"
}

if [ "$skip_tests" = true ]; then
  deliver "$stamp untested"
  exit 0
fi
if echo 'int main(void) { return 0; }' | "$compiler" -x c -fsanitize=address,undefined -o "$work/probe" - 2>/dev/null && "$work/probe"; then
  echo "native kernels: testing under address and undefined-behaviour sanitizers"
  compile checked -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
  "$compiler" $common -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -I"$here" "$here"/test/*.c "$work"/*.checked.o \
    -o "$work/kernels_test" -lpthread -lm
  "$work/kernels_test"
else
  echo "native kernels: the compiler has no sanitizers, C tests skipped"
fi
if mkdir -p "$kept.$$" 2>/dev/null; then
  cp "$work/libforetoken_native.so" "$work/libforetoken_native.so.sha256" "$kept.$$"
  mv "$kept.$$" "$kept" 2>/dev/null || rm -rf "$kept.$$"
fi
deliver "$stamp"
