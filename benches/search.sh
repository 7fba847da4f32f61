#!/usr/bin/env bash
# Times the search of a generated book: its share of the build, what a query loads, and keystrokes in Chromium.
#
# PAGES (10000) is the size of the book. Needs what tests/browser/run needs, and its packages installed by it.
set -euo pipefail
cd "$(dirname "$0")/.."

pages=${PAGES:-10000}
bench=target/bench
site=$bench/search-site
cargo build --release
cargo build --release --examples
mkdir -p "$bench"
rm -rf "$bench/search-book" "$site"
target/release/examples/generate-book --pages "$pages" --out "$bench/search-book"
trap 'rm -rf "$site" "$bench/search-book"' EXIT

# Stages as `-v` tells them: seconds since the start of the process.
stage() { awk -v name="$1" 'index($0, name) { print $1 }' "$2"; }
target/release/opas build -v --book "$bench/search-book" --out "$site" 2>"$bench/build.txt" >/dev/null
target/release/opas search -v --book "$bench/search-book" hakemus 2>"$bench/index.txt" >/dev/null
built=$(stage "site published" "$bench/build.txt")
ready=$(stage "book read" "$bench/index.txt")
made=$(stage "index made" "$bench/index.txt")
awk -v a="$ready" -v b="$made" -v all="$built" \
    'BEGIN { printf "%-26s %.2f s of a build of %.2f s: %.0f %%\n", "index", b - a, all, 100 * (b - a) / all }'

# Which shards the edit of one page's text changes.
before=$(mktemp)
(cd "$site/search" && sha256sum -- *) >"$before"
page=$(find "$bench/search-book/content" -name 'sivu-*.md' | sort | sed -n "$((pages / 2))p")
printf '\nLisätty kappale kertoo kirjaston palvelupisteestä ja hakemuksen liitteestä.\n' >>"$page"
target/release/opas build -q --book "$bench/search-book" --out "$site"
changed=$( (cd "$site/search" && sha256sum -- *) | diff - "$before" | grep -c '^<' || true)
printf '%-26s %s of %s changed by the edit of one page\n' "shards" "$changed" "$(wc -l <"$before")"
rm "$before"

node benches/search.mjs "$site" "$bench/search.json"
