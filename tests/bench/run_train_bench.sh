#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Compares our training and prediction with the same network in Python's PyTorch: run_train_bench.sh BENCH_TRAIN
# [SECONDS] [THREADS]. Both run alternately, so that a busy machine slows both; prints e.g. "ratio train 128 1.42".
set -euo pipefail
bench=${1:?usage: run_train_bench.sh path/to/bench_train [seconds] [threads]}
seconds=${2:-15}
threads=${3:-$(nproc)}
python=${PYTHON:-/usr/bin/python3}
here=$(cd "$(dirname "$0")" && pwd)
results=$(mktemp)
trap 'rm -f "$results"' EXIT

for edge in 128 256; do
    for round in 1 2 3; do
        for precision in auto fp32; do
            "$bench" --pattern "$edge" --threads "$threads" --seconds "$seconds" --device cpu --precision "$precision" |
                grep -v '^peak' | sed "s/^/$precision /"
        done
        "$python" "$here/compare_pytorch.py" --pattern "$edge" --threads "$threads" --seconds "$seconds" | sed 's/^/python /'
    done
done | tee "$results"

# Median of the three rounds of each, then ours over Python's; "ratio" is what the program does by itself (auto).
awk '{ key = $2 " " $3; list[$1 " " key] = list[$1 " " key] " " $4; keys[key] = 1 }
     function median(text,   v, n, i, j, t) {
         n = split(text, v, " ")
         for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (v[j] < v[i]) { t = v[i]; v[i] = v[j]; v[j] = t }
         return v[int((n + 1) / 2)]
     }
     END {
         for (key in keys) {
             printf "ratio %s %.2f\n", key, median(list["auto " key]) / median(list["python " key])
             printf "ratio-fp32 %s %.2f\n", key, median(list["fp32 " key]) / median(list["python " key])
         }
     }' "$results" | sort
