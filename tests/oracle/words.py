"""The oracle's side: words with the dictionary forms that Voikko gives them.

`handbook()` takes the words of the handbook's own texts. `random_forms()` walks at random through the transducer of
Debian's voikko-fi, so that the forms are the dictionary's and not ours. Neither list is kept in the repository.
"""

import random
import re
import struct
from pathlib import Path

WORD = re.compile(r"[a-zåäöšž]+(?:-[a-zåäöšž]+)*", re.IGNORECASE)
TRANSDUCER = Path("/usr/lib/voikko/5/mor-standard/mor.vfst")


def lemmas(voikko, word):
    """The dictionary forms of a word by Voikko, in lower case; empty for words that it does not know."""
    return {analysis["BASEFORM"].lower() for analysis in voikko.analyze(word) if "BASEFORM" in analysis}


def handbook(voikko, root):
    """The handbook's words with their lemmas, each once, in alphabetical order."""
    found = {}
    for path in sorted((root / "content" / "fi").rglob("*")):
        if path.suffix not in {".md", ".yaml"}:
            continue
        text = re.sub(r"\]\([^)]*\)|\{[^}]*\}|https?:\S+", " ", path.read_text(encoding="utf-8"))
        for word in WORD.findall(text):
            known = lemmas(voikko, word)
            if known and len(word) > 2:
                found[word.lower()] = found.get(word.lower(), set()) | known
    return dict(sorted(found.items()))


class Transducer:
    """Voikko's unweighted transducer: after a header and the symbols, transitions of eight bytes each."""

    def __init__(self, path):
        data = path.read_bytes()
        (count,) = struct.unpack_from("<H", data, 16)
        at, self.symbols = 18, []
        for _ in range(count):
            end = data.index(0, at)
            self.symbols.append(data[at:end].decode("utf-8"))
            at = end + 1
        at += -at % 8
        self.data, self.start = data, at

    def ways(self, state):
        """The transitions from a state: (input symbol, next state); none as the symbol where a word may end."""
        at, found = self.start + 8 * state, []
        number = None
        index = 0
        while number is None or index < number:
            symbol, _, info = struct.unpack_from("<HHI", self.data, at + 8 * index)
            if number is None:
                number = (info >> 24) + 1
                if number == 256:
                    # An overflow cell holds how many more there are.
                    (more,) = struct.unpack_from("<I", self.data, at + 8)
                    number, extra = more + 1, 1
                    found.append((None if symbol == 0xFFFF else symbol, info & 0xFFFFFF))
                    at, index = at + 8 * extra, 1
                    continue
            found.append((None if symbol == 0xFFFF else symbol, info & 0xFFFFFF))
            index += 1
        return found


def random_forms(voikko, number, seed):
    """So many forms of the dictionary with their lemmas, by random walks; compounds and odd words are left out."""
    transducer, chance = Transducer(TRANSDUCER), random.Random(seed)
    found = {}
    while len(found) < number:
        word = walk(transducer, chance)
        if not word or not 4 <= len(word) <= 16 or not re.fullmatch("[a-zåäö]+", word) or word in found:
            continue
        if is_plain(voikko, word):
            found[word] = lemmas(voikko, word)
    return dict(sorted(found.items()))


CLASSES = {"nimisana", "laatusana", "nimisana_laatusana", "teonsana", "lukusana"}


CLITIC = re.compile("(kin|kaan|kään|han|hän|pa|pä|pas|päs|ko|kö|kos|kös)$")


def is_plain(voikko, word):
    """Whether a form is an inflected common word with one base, without clitic and possessive: walks would put them on
    nearly every word."""
    analyses = voikko.analyze(word)
    is_common = all(
        analysis.get("CLASS") in CLASSES and analysis.get("WORDBASES", "").count("(") <= 1 for analysis in analyses
    )
    is_common &= all("POSSESSIVE" not in analysis for analysis in analyses)
    bare = CLITIC.sub("", word)
    return bool(analyses) and is_common and (bare == word or not voikko.analyze(bare))


def walk(transducer, chance):
    """One random way through the transducer; none if it got lost."""
    state, word = 0, ""
    for _ in range(80):
        ways = transducer.ways(state)
        ends = any(symbol is None for symbol, _ in ways)
        if ends and word and chance.random() < 0.5:
            return word
        ways = [(symbol, to) for symbol, to in ways if symbol is not None]
        if not ways:
            return None
        symbol, state = chance.choice(ways)
        text = transducer.symbols[symbol]
        if len(text) == 1:
            word += text
    return None
