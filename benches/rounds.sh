# Times programs in turn: what compare.sh and editions.sh have in common. To be sourced, with $bench, $log and $rounds
# set, $book (the folder that opas builds), the arrays `options` (more options of `opas build`) and `sources` (the folders
# that are read). `in_turn` calls `time_PROGRAM ROUND`.

# Every run writes to a new folder, and none is removed before the end: ext4 passes over lately
# freed inodes for minutes, and whoever came after a removal would pay for it.
outputs=$bench/outputs-$$
mkdir "$outputs"
trap 'rm -rf "$outputs"' EXIT

# Readies a run: sources in the page cache, no dirty pages of the run before.
ready() {
    find "${sources[@]}" -type f -exec cat {} + >/dev/null
    sync
}

# measure NAME ROUND OUTPUT [--stdout FILE] -- COMMAND…
measure() {
    ready
    python3 benches/measure.py --name "$1" --round "$2" --log "$log" --output "$3" "${@:4}"
}

# The first build into no folder, then a second one with nothing changed.
time_opas() {
    local out=$outputs/opas-$1
    local build=(target/release/opas build "${options[@]}" --book "$book" --out "$out" -q)
    measure opas "$1" "$out" -- "${build[@]}"
    measure opas-again "$1" "$out" -- "${build[@]}"
}

time_floor() {
    local out=$outputs/floor-$1
    measure floor "$1" "$out" --stdout "$bench/floor-$1.json" -- \
        target/release/examples/floor "$book" "$outputs/opas-1" "$out"
}

# in_turn PROGRAM…: the order turns round from round to round. The floor writes opas's output again, so opas must
# stand before it.
in_turn() {
    local round program backwards=()
    for program in "$@"; do backwards=("$program" "${backwards[@]}"); done
    for ((round = 1; round <= rounds; round++)); do
        if ((round % 2)); then
            for program in "$@"; do "time_$program" "$round"; done
        else
            for program in "${backwards[@]}"; do "time_$program" "$round"; done
        fi
    done
}
