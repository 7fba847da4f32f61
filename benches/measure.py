#!/usr/bin/env python3
"""Runs one command and appends what it cost to a log, as one line of JSON.

Given a name, a round, a log file, the command's output folder and the command, it
measures wall time, processor time, the peak memory of the command (of the largest of its
processes) and the files that the command left in and wrote to the output folder. The
command's own standard output goes to a file where asked for, else to nowhere. The exit
status is the command's.

It never changes the output folder, and it measures once: repeating is compare.sh's work.
A command's peak memory is never reported lower than Python's own at the start, about
10 MB, since Linux counts the memory of the process that started it.
"""

import argparse
import json
import os
import subprocess
import sys
import time

# File times come from the kernel's coarse clock, which may lag behind by a tick.
CLOCK_TICK_NS = 20_000_000


def count_files(folder, since_ns):
    """The files of a folder: number and bytes of all, and of those written since then."""
    counts = {"files": 0, "bytes": 0, "files_written": 0, "bytes_written": 0}
    for parent, _, names in os.walk(folder):
        for name in names:
            status = os.lstat(os.path.join(parent, name))
            counts["files"] += 1
            counts["bytes"] += status.st_size
            if status.st_mtime_ns >= since_ns:
                counts["files_written"] += 1
                counts["bytes_written"] += status.st_size
    return counts


def run(command, stdout_path):
    """Runs the command to its end: its exit status and what it cost."""
    with open(stdout_path or os.devnull, "wb") as stdout:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, {
        "seconds": seconds,
        "user_seconds": usage.ru_utime,
        "system_seconds": usage.ru_stime,
        "max_rss_bytes": usage.ru_maxrss * 1024,
    }


def main():
    """Reads the command line, measures, appends to the log."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--name", required=True)
    parser.add_argument("--round", type=int, required=True)
    parser.add_argument("--log", required=True, help="file that a line is appended to")
    parser.add_argument("--output", required=True, help="folder that the command writes to")
    parser.add_argument("--stdout", help="file for the command's standard output")
    parser.add_argument("command", nargs="+", help="the command, after --")
    arguments = parser.parse_args()

    load = os.getloadavg()[0]
    since_ns = time.time_ns() - CLOCK_TICK_NS
    status, cost = run(arguments.command, arguments.stdout)
    if status != 0:
        print(f"{arguments.name}: exit status {status}", file=sys.stderr)
        sys.exit(status if status > 0 else 128 - status)
    record = {"name": arguments.name, "round": arguments.round, "load_before": load}
    record |= cost | count_files(arguments.output, since_ns)
    with open(arguments.log, "a", encoding="utf-8") as log:
        log.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
