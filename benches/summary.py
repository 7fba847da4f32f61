#!/usr/bin/env python3
"""Turns the log of measure.py into a table on the terminal and a JSON file.

Given the log, the folder of the floor's own reports (`floor-ROUND.json`), the output file
and facts as NAME=VALUE, it takes the median seconds of every program, its highest peak
memory and the ratios between programs. For the floor it takes the seconds that the floor
program itself reports, which leave out reading the finished site into memory. Programs
that the log does not have are left out.

It never measures anything and never drops a run.
"""

import argparse
import json
import os
import statistics

ORDER = ["opas", "opas-again", "hugo", "floor"]
RATIOS = [("opas", "hugo"), ("opas", "floor"), ("opas-again", "opas"), ("hugo", "floor")]


def read_runs(log_path, floor_folder):
    """The runs of every program in order; the floor's seconds are those it reports."""
    runs = {name: [] for name in ORDER}
    with open(log_path, encoding="utf-8") as log:
        for line in log:
            run = json.loads(line)
            if run["name"] == "floor":
                path = os.path.join(floor_folder, f"floor-{run['round']}.json")
                with open(path, encoding="utf-8") as report:
                    run["floor"] = json.load(report)
                run["seconds"] = run["floor"]["total_seconds"]
            runs[run["name"]].append(run)
    return runs


def summarise(runs):
    """One program's runs in one entry: the median of the seconds, the highest memory."""
    seconds = [run["seconds"] for run in runs]
    return {
        "seconds": statistics.median(seconds),
        "seconds_least": min(seconds),
        "seconds_most": max(seconds),
        "max_rss_bytes": max(run["max_rss_bytes"] for run in runs),
        "files": runs[-1]["files"],
        "bytes": runs[-1]["bytes"],
        "files_written": runs[-1]["files_written"],
        "bytes_written": runs[-1]["bytes_written"],
        "runs": runs,
    }


def print_table(programs, ratios):
    """The table for people."""
    print(f"{'':<11} {'median s':>9} {'least':>8} {'most':>8} {'peak MB':>8}"
          f" {'files':>7} {'MB':>7} {'written':>8} {'MB':>7}")
    for name, entry in programs.items():
        print(f"{name:<11} {entry['seconds']:>9.3f} {entry['seconds_least']:>8.3f}"
              f" {entry['seconds_most']:>8.3f} {entry['max_rss_bytes'] / 1e6:>8.0f}"
              f" {entry['files']:>7} {entry['bytes'] / 1e6:>7.1f}"
              f" {entry['files_written']:>8} {entry['bytes_written'] / 1e6:>7.1f}")
    print()
    for name, ratio in ratios.items():
        print(f"{name:<18} {ratio:>7.3f}")


def main():
    """Reads the command line and the log, prints the table, writes the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--log", required=True)
    parser.add_argument("--floor-folder", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("facts", nargs="*", metavar="NAME=VALUE")
    arguments = parser.parse_args()

    runs = read_runs(arguments.log, arguments.floor_folder)
    programs = {name: summarise(runs[name]) for name in ORDER if runs[name]}
    ratios = {
        f"{above} / {below}": programs[above]["seconds"] / programs[below]["seconds"]
        for above, below in RATIOS
        if above in programs and below in programs
    }
    facts = dict(fact.split("=", 1) for fact in arguments.facts) | {"cpus": os.cpu_count()}
    with open(arguments.out, "w", encoding="utf-8") as out:
        json.dump({"facts": facts, "ratios": ratios, "programs": programs}, out, indent=2)
        out.write("\n")
    print_table(programs, ratios)


if __name__ == "__main__":
    main()
