#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Are two networks trained sooner one after the other with all threads, or beside each other with half of the threads each?
# run_members_bench.sh BENCH_TRAIN [SECONDS] [THREADS] [ROUNDS]. Both ways in turn, over the same memory-mapped counts. Prints
# patterns/s of both networks together in each round, and their ratio: above 1, beside each other is quicker.
set -euo pipefail
bench=${1:?usage: run_members_bench.sh path/to/bench_train [seconds] [threads] [rounds]}
seconds=${2:-15}
threads=${3:-$(nproc)}
rounds=${4:-3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

rate() { awk '$1 == "train" { sum += $3 } END { print sum }' "$@"; }

for edge in 128 256; do
    counts="$folder/counts-$edge"
    "$bench" --pattern "$edge" --patterns "$counts" --count 256 --write 1
    common=(--pattern "$edge" --seconds "$seconds" --patterns "$counts" --device cpu)
    for precision in auto fp32; do
        for ((round = 0; round < rounds; ++round)); do
            "$bench" "${common[@]}" --precision "$precision" --threads "$threads" > "$folder/after"
            for half in 1 2; do
                "$bench" "${common[@]}" --precision "$precision" --threads $((threads / 2)) > "$folder/beside$half" &
            done
            wait
            after=$(rate "$folder/after")
            beside=$(rate "$folder/beside1" "$folder/beside2")
            echo "$edge $precision $after $beside" | awk '{ printf "%s %s after %.1f beside %.1f ratio %.2f\n", $1, $2, $3, $4, $4 / $3 }'
        done
    done
done
