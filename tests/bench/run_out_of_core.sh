#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Training on more patterns than fit into memory, against the same in memory: run_out_of_core.sh BENCH_FOLDER [GIB, 4]
# [LIMIT_MIB, 1024] [SECONDS, 10] [EDGE, 128] [FOLDER] [ROUNDS, 3]. Needs a memory control group (as root): only that limits
# the page cache too, which ulimit does not. Prints "ratio WHAT R": speed under the limit over that in memory, the median of
# the rounds' ratios; "untold": without telling the file what comes. "read" is the epoch's reading without a network.
set -euo pipefail
bench=${1:?usage: run_out_of_core.sh path/to/build/bench [gib] [limit_mib] [seconds] [edge] [folder]}
gib=${2:-4}
limit=$((${3:-1024} << 20))
seconds=${4:-10}
edge=${5:-128}
rounds=${7:-3}
folder=$(mktemp -d "${6:-/var/tmp}/dispersa-out-of-core.XXXXXX")

# Below the group this runs in, so that its limits still hold.
if path=$(grep -m1 ':memory:' /proc/self/cgroup); then
    group="/sys/fs/cgroup/memory${path#*:*:}"
    file=memory.limit_in_bytes
else
    group="/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)"
    file=memory.max
fi
group="${group%/}/dispersa-out-of-core-$$"
trap 'rm -rf "$folder"; rmdir "$group" 2>/dev/null || true' EXIT
if ! mkdir "$group" || ! echo "$limit" >"$group/$file"; then
    echo "no memory control group can be made at $group: nothing limits the page cache here" >&2
    exit 77
fi

# 256 different patterns again and again: real counts that fill the disk, written quickly.
counts="$folder/counts"
"$bench/bench_train" --pattern "$edge" --patterns "$folder/some" --count 256 --write 1
times=$(((gib << 30) / $(stat -c %s "$folder/some")))
for ((i = 0; i < times; ++i)); do cat "$folder/some"; done >"$counts"
sync "$counts"
forget() { dd of="$counts" oflag=nocache conv=notrunc,fdatasync count=0 status=none; }

run() { "$bench/bench_out_of_core" --pattern "$edge" --patterns "$counts" --seconds "$seconds" "$@"; }
limited() { (echo $BASHPID >"$group/cgroup.procs" && run "$@"); }
echo "load $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) processors, $gib GiB of patterns, limit $((limit >> 20)) MiB"
forget
echo "disk $(dd if="$counts" of=/dev/null bs=4M 2>&1 | sed -n 's/.*, //p')"
for ((round = 0; round < rounds; ++round)); do
    forget
    limited --advice 0 | sed 's/^/untold /'
    forget
    limited | sed 's/^/limited /'
    forget
    cat "$counts" >/dev/null
    run | sed 's/^/memory /'
    echo "load $(cut -d' ' -f1-3 /proc/loadavg)"
done | tee "$folder/results"
awk '{ value[$1 " " $2, ++seen[$1 " " $2]] = $4 }
     function ratio(how, what,   i, j, n, r, t) {
         n = seen[how " " what]
         for (i = 1; i <= n; i++) r[i] = value[how " " what, i] / value["memory " what, i]
         for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (r[j] < r[i]) { t = r[i]; r[i] = r[j]; r[j] = t }
         return r[int((n + 1) / 2)]
     }
     END {
         printf "ratio read %.3f (untold %.3f)\n", ratio("limited", "read"), ratio("untold", "read")
         printf "ratio train %.3f (untold %.3f)\n", ratio("limited", "train"), ratio("untold", "train")
     }' "$folder/results"
