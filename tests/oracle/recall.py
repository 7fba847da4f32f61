"""Recall of the right lemma among the analyser's hypotheses, and how often two words are wrongly brought together.

It is given the analyser (`examples/analyse`), asks Voikko for the truth, and fails when recall is below what
`LEAST` says. A pair of words counts as conflated when they share a hypothesis, and as wrong when Voikko gives them
no lemma in common.
"""

import subprocess
import sys
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import libvoikko

import words

LEAST = {"handbook": 93.0, "random forms": 88.0}
ROOT = Path(__file__).resolve().parents[2]


def hypotheses(analyser, forms):
    """The analyser's lemmas of each form, without hyphens as its words have none."""
    text = "\n".join(form.replace("-", "") for form in forms) + "\n"
    lines = subprocess.run([analyser], input=text, capture_output=True, text=True, check=True).stdout.splitlines()
    found = [{field.split(" ", 1)[1] for field in line.split("\t")[1:]} for line in lines]
    return dict(zip(forms, found, strict=True))


def pairs(lemmas):
    """The pairs of words that share a lemma."""
    by_lemma = defaultdict(list)
    for form, found in lemmas.items():
        for lemma in found:
            by_lemma[lemma].append(form)
    return {pair for forms in by_lemma.values() for pair in combinations(sorted(forms), 2)}


def report(name, truth, analyser):
    """Prints the figures of one list; returns whether recall is high enough."""
    truth = {form: {lemma.replace("-", "").replace("=", "") for lemma in found} for form, found in truth.items()}
    found = hypotheses(analyser, list(truth))
    missed = [form for form in truth if not truth[form] & found[form]]
    recall = 100 * (1 - len(missed) / len(truth))
    ours, theirs = pairs(found), pairs(truth)
    wrong = len(ours - theirs)
    print(f"{name}: {len(truth)} words, recall {recall:.1f} % (at least {LEAST[name]} %)")
    print(f"  pairs: {len(ours & theirs)} of {len(theirs)} found; {wrong} of ours wrong ({100 * wrong / len(ours):.1f} %)")
    print(f"  missed, for example: {', '.join(missed[:12])}")
    return recall >= LEAST[name]


def main():
    """Runs both lists."""
    voikko = libvoikko.Voikko("fi")
    analyser = sys.argv[1]
    good = [
        report("handbook", words.handbook(voikko, ROOT), analyser),
        report("random forms", words.random_forms(voikko, 2000, 1), analyser),
    ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
