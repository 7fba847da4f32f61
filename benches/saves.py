#!/usr/bin/env python3
"""Times how long it takes from the save of a page until its file in the site is new.

Given the programs, the book and the site of the same text, it starts each program in its watching mode, waits until
the site is there and still, saves one page after another (each time a paragraph more at its end, by rename, as
editors do) and looks at the file in the site every half millisecond until its bytes have the new paragraph. The pages
are the same for both. What opas itself says of a round (`-v`) tells the share of waiting for quiet and the number of
files made.

It stops the programs that it has started, and puts the saved pages back as they were.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time

# What any save may take before the run is given up.
PATIENCE_S = 60
LOOK_S = 0.0005
# How long a program rests between two saves.
REST_S = 0.3

TIMES = re.compile(r"waited ([\d.]+) ms, built ([\d.]+) ms, put out ([\d.]+) ms")
MADE = re.compile(r": (\d+) files? made, (\d+) changed")


class Program:
    """A watching program and the lines that it has said."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.lines = []
        threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True).start()

    def await_line(self, pattern, since=0):
        """Waits for a line that holds the pattern."""
        end = time.monotonic() + 10 * PATIENCE_S
        while time.monotonic() < end:
            found = next((hit for line in self.lines[since:] if (hit := re.search(pattern, line))), None)
            if found:
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        sys.exit(f"nothing like {pattern}: {''.join(self.lines[-20:])}")

    def busy_ms(self):
        """The processor time that the program has taken, where the system tells it."""
        try:
            with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as file:
                fields = file.read().rpartition(")")[2].split()
        except FileNotFoundError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def stop(self):
        """Ends the program."""
        self.process.terminate()
        self.process.wait()


def save(path, text):
    """Saves a file as editors do: whole, under another name first."""
    with open(path + "~", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + "~", path)


def until_shown(path, word):
    """Looks at a file until it holds a word; gives the time when it did."""
    end = time.monotonic() + PATIENCE_S
    word = word.encode()
    last = None
    while time.monotonic() < end:
        try:
            status = os.stat(path)
            mark = (status.st_ino, status.st_mtime_ns, status.st_size)
            if mark != last:
                now = time.perf_counter()
                with open(path, "rb") as file:
                    if word in file.read():
                        return now
                last = mark
        except FileNotFoundError:
            pass
        time.sleep(LOOK_S)
    sys.exit(f"{path} was not renewed within {PATIENCE_S} s")


def measure(program, pages, sources, output, saves, after_save):
    """Saves pages one after another; gives the milliseconds of each save, and of the processor in one round."""
    times = []
    busy = program.busy_ms()
    for number in range(saves):
        page = pages[number * 7919 % len(pages)]
        source = os.path.join(sources, page + ".md")
        with open(source, encoding="utf-8") as file:
            before = file.read()
        word = f"Mittaus{number}x{os.getpid()}"
        said = len(program.lines)
        start = time.perf_counter()
        save(source, f"{before}\n{word}\n")
        times.append((until_shown(os.path.join(output, page + ".html"), word) - start) * 1000)
        after_save(said)
        said = len(program.lines)
        save(source, before)
        after_save(said)
        time.sleep(REST_S)
    # Each page is saved a second time, as it was.
    return times, (program.busy_ms() - busy) / (2 * saves)


def percentile(times, share):
    """The least of the times that so large a share of them does not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def time_opas(arguments, pages):
    """Times `opas build --watch`."""
    output = os.path.join(arguments.outputs, "opas")
    program = Program(
        [arguments.opas, "build", "--watch", "-v", "--color", "never", "--book", arguments.book, "--out", output]
    )
    program.await_line(MADE)
    rounds = []

    def note(said):
        parts = program.await_line(TIMES, said)
        made = program.await_line(MADE, said)
        rounds.append([float(part) for part in parts.groups()] + [int(count) for count in made.groups()])

    times, busy = measure(program, pages, os.path.join(arguments.book, "content", "fi"), output, arguments.saves, note)
    program.stop()
    names = ["waited", "built", "put_out", "files_made", "files_changed"]
    return times, {"processor": busy} | {name: statistics.median(column) for name, column in zip(names, zip(*rounds))}


def time_hugo(arguments, pages):
    """Times Hugo's server, which writes what it serves."""
    output = os.path.abspath(os.path.join(arguments.outputs, "hugo"))
    cache = os.path.abspath(os.path.join(arguments.outputs, "hugo-cache"))
    program = Program(
        [arguments.hugo, "server", "--noBuildLock", "--port", "13130", "--source", arguments.site]
        + ["--destination", output, "--cacheDir", cache]
    )
    program.await_line("Web Server is available")
    times, busy = measure(
        program, pages, os.path.join(arguments.site, "content"), output, arguments.saves,
        lambda said: program.await_line("Total in", said),
    )
    program.stop()
    return times, {"processor": busy}


def pages_of(arguments):
    """The pages that are in both, without their endings: no front page, no section page."""
    folder = os.path.join(arguments.book, "content", "fi")
    found = []
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.relpath(os.path.join(parent, name), folder)
            if name.endswith(".md") and name != "index.md" and os.path.exists(
                os.path.join(arguments.site, "content", path)
            ):
                found.append(path[: -len(".md")])
    return sorted(found)


def main():
    """Reads the command line, measures, prints and writes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ["opas", "book", "hugo", "site", "outputs", "json"]:
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--saves", type=int, default=60)
    arguments = parser.parse_args()
    pages = pages_of(arguments)
    record = {"load_before": os.getloadavg()[0], "pages": len(pages), "saves": arguments.saves}
    print(f"{len(pages)} pages, {arguments.saves} saves, load {record['load_before']:.1f}")
    for name, run in [("opas", time_opas), ("hugo", time_hugo)]:
        times, more = run(arguments, pages)
        figures = {"median": statistics.median(times), "p95": percentile(times, 0.95), "most": max(times)}
        record[name] = figures | more | {"times": times}
        print(f"{name:5} " + "  ".join(f"{key} {value:.1f}" for key, value in (figures | more).items()) + "  (ms)")
    with open(arguments.json, "w", encoding="utf-8") as file:
        json.dump(record, file)


if __name__ == "__main__":
    main()
