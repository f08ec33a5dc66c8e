#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the fuzz targets with clang, ASan and UBSan and runs each: tests/fuzz/run_fuzzers.sh [SECONDS EACH, 10] [TARGET...]
# Stops at the first crash, leak, time-out or allocation beyond the limit; libFuzzer then leaves the input in build/fuzz.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds="${1:-10}"
shift || true
CC=clang CXX=clang++ cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --parallel "$(nproc)"
cd build/fuzz
python3 ../../tests/fuzz/make_seeds.py seeds
targets=("$@")
[ ${#targets[@]} -gt 0 ] || for program in fuzz/fuzz_*; do targets+=("${program#fuzz/fuzz_}"); done
run_one() {
    mkdir -p "corpus/$1" "seeds/$1"
    # No input here needs more than a few MiB: an allocation of 64 MiB was believed without being confirmed.
    fuzz/fuzz_"$1" -max_total_time="$2" -max_len=300000 -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=64 \
        -print_final_stats=1 "corpus/$1" "seeds/$1" >"$1.log" 2>&1 || { tail -40 "$1.log"; echo "fuzz_$1 failed"; return 1; }
    echo "fuzz_$1: $(grep -o 'stat::number_of_executed_units: *[0-9]*' "$1.log" | grep -o '[0-9]*$') inputs, no crash"
}
export -f run_one
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} bash -c 'run_one {} '"$seconds"
