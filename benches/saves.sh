#!/usr/bin/env bash
# Times how long it takes from the save of one page until its file in the site is new: `opas build --watch` and
# Hugo's server, on the same generated book, in one run and on one disk.
#
# PAGES (10000) is the size of the book, SAVES (60) how often a page is saved. Prints a table and writes
# target/bench/saves.json. Everything temporary lies below target/bench/.
set -euo pipefail
cd "$(dirname "$0")/.."

pages=${PAGES:-10000}
bench=target/bench
source benches/book.sh

outputs=$bench/saves-$$
mkdir "$outputs"
trap 'rm -rf "$outputs"' EXIT
python3 benches/saves.py --opas target/release/opas --book "$bench/book" --hugo "$hugo" --site "$bench/hugo-site" \
    --outputs "$outputs" --saves "${SAVES:-60}" --json "$bench/saves.json"
