#!/usr/bin/env bash
# Times the search of a generated book: its share of the build, what a query loads, and keystrokes in Chromium.
#
# PAGES (10000) is the size of the book. Needs what tests/browser/run needs, and its packages installed by it.
set -euo pipefail
cd "$(dirname "$0")/.."

pages=${PAGES:-10000}
bench=target/bench
site=$bench/search-site-$$
book=$bench/search-book-$$
cargo build --release
cargo build --release --examples
mkdir -p "$bench"
mkdir "$site"
target/release/examples/generate-book --pages "$pages" --out "$book"
trap 'rm -rf "$site" "$book"' EXIT

# Stages as `-v` tells them: seconds since the start of the process. Every build writes to a folder of its own, and none is
# removed before the end: ext4 passes over lately freed inodes for minutes, and what follows a removal would seem slow.
stage() { awk -v name="$1" 'index($0, name) { print $1 }' "$bench/build.txt"; }
for round in 1 2 3; do
    sync
    target/release/opas build -v --book "$book" --out "$site/$round" 2>"$bench/build.txt" >/dev/null
    echo "$(stage "book read") $(stage "index made") $(stage "site published")"
done | awk '{ print ($2 - $1) / $3, $2 - $1, $3 }' | sort -n |
    awk 'NR == 2 { printf "%-26s %.2f s of a build of %.2f s: %.0f %% (the middle one of three)\n", "index", $2, $3, 100 * $1 }'

# Which shards the edit of one page's text changes.
before=$(mktemp)
(cd "$site/3/search" && sha256sum -- *) >"$before"
page=$(find "$book/content" -name 'sivu-*.md' | sort | sed -n "$((pages / 2))p")
printf '\nLisätty kappale kertoo kirjaston palvelupisteestä ja hakemuksen liitteestä.\n' >>"$page"
target/release/opas build -q --book "$book" --out "$site/3"
changed=$( (cd "$site/3/search" && sha256sum -- *) | diff - "$before" | grep -c '^<' || true)
printf '%-26s %s of %s changed by the edit of one page\n' "shards" "$changed" "$(wc -l <"$before")"
rm "$before"

node benches/search.mjs "$site/3" "$bench/search.json"
