#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Compares our training and prediction with the same network in Python's PyTorch, written the ordinary and the expert way:
# run_train_bench.sh BENCH_TRAIN [SECONDS] [THREADS] [ROUNDS]. All run alternately over the same memory-mapped counts, so
# that a busy machine slows all of them. Prints "ratio WHAT EDGE ORDINARY EXPERT": ours over each, by medians.
set -euo pipefail
bench=${1:?usage: run_train_bench.sh path/to/bench_train [seconds] [threads] [rounds]}
seconds=${2:-15}
threads=${3:-$(nproc)}
rounds=${4:-3}
python=${PYTHON:-/usr/bin/python3}
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for edge in 128 256; do
    counts="$folder/counts-$edge"
    "$bench" --pattern "$edge" --patterns "$counts" --count 256 --write 1
    common=(--pattern "$edge" --threads "$threads" --seconds "$seconds" --patterns "$counts")
    for ((round = 0; round < rounds; ++round)); do
        for precision in auto fp32 bf16; do
            "$bench" "${common[@]}" --device cpu --precision "$precision" | grep -v '^peak' | sed "s/^/$precision /"
        done
        for style in ordinary expert; do
            "$python" "$here/compare_pytorch.py" "${common[@]}" --style "$style" | sed "s/^/$style /"
        done
    done
done | tee "$folder/results"

# "paper": what training does by itself (auto). Predictions are fp32 unless bf16 is asked for.
awk '{ key = $1 " " $2 " " $3; list[key] = list[key] " " $4 }
     function median(text,   v, n, i, j, t) {
         n = split(text, v, " ")
         for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (v[j] < v[i]) { t = v[i]; v[i] = v[j]; v[j] = t }
         return v[int((n + 1) / 2)]
     }
     function ratio(name, ours, edge) {
         printf "ratio %s %d %.2f %.2f\n", name, edge, median(list[ours " " edge]) / median(list["ordinary " kind " " edge]),
                median(list[ours " " edge]) / median(list["expert " kind " " edge])
     }
     END {
         for (edge = 256; edge >= 128; edge -= 128) {
             kind = "train"
             ratio("paper", "auto train", edge)
             ratio("paper-fp32", "fp32 train", edge)
             kind = "predict"
             ratio("predict-fp32", "fp32 predict", edge)
             ratio("predict-bf16", "bf16 predict", edge)
         }
     }' "$folder/results"
