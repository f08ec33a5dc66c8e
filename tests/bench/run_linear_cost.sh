#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Whether training costs the same per pattern however many there are: run_linear_cost.sh BENCH_TRAIN [SECONDS, 6] [THREADS]
# [ROUNDS, 5] [EDGE, 128] [N, 1024]. N, 2 N and 4 N patterns alternately; prints the time per pattern of 2 N and 4 N over that of
# N, the median of the rounds' ratios, so that a machine that slows down slows all three of a round. N patterns should not fit into
# the processor's cache, else they are quicker than many.
set -euo pipefail
bench=${1:?usage: run_linear_cost.sh path/to/bench_train [seconds] [threads] [rounds] [edge]}
seconds=${2:-6}
threads=${3:-$(nproc)}
rounds=${4:-5}
edge=${5:-128}
n=${6:-1024}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for times in 1 2 4; do
    "$bench" --pattern "$edge" --patterns "$folder/$times" --count $((n * times)) --write 1
done
for ((round = 0; round < rounds; ++round)); do
    for times in 1 2 4; do
        "$bench" --pattern "$edge" --threads "$threads" --seconds "$seconds" --patterns "$folder/$times" \
            --count $((n * times)) --device cpu | awk -v times="$times" '$1 == "train" { printf "%s %s ", times, $3 }'
    done
    echo
done | tee "$folder/results"
awk '{ two[NR] = $2 / $4; four[NR] = $2 / $6 }
     function median(v, n,   i, j, t) {
         for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (v[j] < v[i]) { t = v[i]; v[i] = v[j]; v[j] = t }
         return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
     }
     END { printf "cost per pattern, 2 N and 4 N over N: %.3f %.3f\n", median(two, NR), median(four, NR) }' "$folder/results"
