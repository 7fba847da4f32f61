#!/usr/bin/env bash
# Times `opas build --all` on many editions of this repository's handbook, beside the floor, which writes the same
# files; in turn, in one run and on one disk.
#
# EDITIONS (100) is their number, ROUNDS (3) how often everything is timed. Prints a table and writes
# target/bench/editions.json. Everything temporary lies below target/bench/.
set -euo pipefail
cd "$(dirname "$0")/.."

editions=${EDITIONS:-100}
rounds=${ROUNDS:-3}
bench=target/bench
book=$bench/editions-book
log=$bench/editions.jsonl

cargo build --release
cargo build --release --examples
mkdir -p "$bench"
rm -rf "$book" "$log" "$bench"/floor-*.json

# The handbook without its own editions, which are as many as it has; each layer is small and another one.
mkdir -p "$book/tests"
cp -r content themes "$book"
cp -r tests/search "$book/tests"
awk '/^\[/ { skipped = /^\[editions/ } !skipped' book.toml >"$book/book.toml"
for ((number = 1; number <= editions; number++)); do
    name=$(printf 'kunta-%03d' "$number")
    layer=$book/overlays/$name
    printf '\n[editions.%s]\nlayers = ["overlays/%s"]\n' "$name" "$name" >>"$book/book.toml"
    mkdir -p "$layer/content/fi/tapaukset"
    cat >"$layer/overlay.toml" <<END
name = "$name"
title = { fi = "Esimerkkikunta $number" }
version = "1"
based-on = "digituki 2026.1"
owner = "Asiakaspalvelu $number"

[facts]
antaa-yleista-digitukea = "$([[ $((number % 2)) = 0 ]] && echo kylla || echo ei)"
END
    cat >"$layer/content/fi/kunnan-piste.md" <<END
---
title: Kunnan $number palvelupiste
summary: Missä kunnan $number palvelupiste on ja mitä siellä tehdään.
after: yleinen-digituki
---

## Näin ohjaat asiakkaan {#ohjaus}

Ohjaa asiakas palvelupisteeseen numero $number. Katso [yleinen digituki](yleinen-digituki.md).
END
    cat >"$layer/content/fi/ohjaaminen.md" <<END
---
op: patch
---

:::prepend {#paikalliset reason="Oma palvelupiste on lähin paikka."}
Kerro ensin kunnan $number omasta tuesta: [{{ contact.kunnan-piste.name }}](kunnan-piste.md).
:::
END
    cat >"$layer/content/fi/tapaukset/tabletti-ei-toimi.md" <<END
---
op: patch
---

:::replace-body {#tulkinta reason="Meillä toimitaan toisin."}
- Kunnan $number palvelupiste auttaa laitteen kanssa.
- Jos et pysty sanomaan, onko kyse viruksesta, toimi kuin laitteessa olisi virus.
:::
END
    printf 'kunnan-piste:\n  new: true\n  name: Kunnan %s palvelupiste\n' "$number" >"$layer/content/fi/contacts.yaml"
done

options=(--all)
sources=("$book")
source benches/rounds.sh

in_turn opas floor
python3 benches/summary.py --log "$log" --floor-folder "$bench" --out "$bench/editions.json" \
    "editions=$editions" "rounds=$rounds" "opas=$(target/release/opas --version)"
