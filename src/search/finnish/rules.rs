//! The rules of `rules.txt`: parsed once, then stepped through.
//!
//! It is given the text of the rules, and then a state and letters; it returns the states and letters that the rules
//! lead to. It knows no Finnish but the classes of letters.

use std::sync::Arc;

use super::grade::{self, is_vowel};

/// A letter of a rule.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Class {
    /// This letter.
    Letter(char),
    /// `a` or `ä`, and so on: the back vowel of the pair.
    Pair(char),
    Vowel,
    Consonant,
    /// `l`, `n` or `r`.
    Liquid,
    /// The vowel that stands before, perhaps with an `h` between.
    Same,
}

/// Which grade is undone on entering a state.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Grade {
    Kept,
    Strengthened,
    Weakened,
}

/// The letters that rules tell apart at the end of a text.
const LETTERS: [char; 29] = [
    'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w',
    'x', 'y', 'z', 'å', 'ä', 'ö',
];

/// Returns the number of a letter; all others share one.
fn number(letter: char) -> usize {
    match letter {
        'a'..='z' => letter as usize - 'a' as usize,
        'å' => 26,
        'ä' => 27,
        'ö' => 28,
        _ => LETTERS.len(),
    }
}

/// One rule.
#[derive(Debug)]
struct Rule {
    pattern: Vec<Class>,
    /// How many letters of the pattern stay.
    kept: usize,
    replacement: Vec<Class>,
    /// Whether the pattern is the whole word.
    is_whole: bool,
    next: u8,
    grade: Grade,
    penalty: u8,
}

/// A rule with the letters that can stand before the last one, as bits of their numbers: most rules need no other look.
#[derive(Debug, Clone)]
struct Candidate {
    before: u32,
    rule: Arc<Rule>,
}

/// Room for texts while rules are followed.
#[derive(Default)]
pub struct Scratch {
    /// What a rule makes of a text.
    result: Vec<char>,
    /// What gradation makes of that.
    changed: Vec<char>,
}

/// All rules, by the state in which they apply and by the last letter of the texts that they can fit.
#[derive(Debug)]
pub struct Rules {
    by_state: Vec<[Vec<Candidate>; LETTERS.len() + 1]>,
    /// The state of a whole word.
    pub start: u8,
    /// The state of a dictionary form.
    pub lemma: u8,
    /// The state whose rules only say how unlikely a lemma is.
    odd: u8,
}

impl Rules {
    /// Parses the rules; they are part of the program, so a wrong line is a fault of the program.
    pub fn parse(text: &str) -> Self {
        let mut names: Vec<String> = Vec::new();
        let mut by_state: Vec<Vec<Rule>> = Vec::new();
        let mut state = |name: &str, by_state: &mut Vec<Vec<Rule>>| {
            let at = names.iter().position(|known| known == name).unwrap_or_else(|| {
                names.push(name.to_owned());
                by_state.push(Vec::new());
                names.len() - 1
            });
            u8::try_from(at).expect("there are few states")
        };
        let start = state("word", &mut by_state);
        let lemma = state("lemma", &mut by_state);
        let odd = state("odd", &mut by_state);
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [from, pattern, replacement, to, penalty] = fields[..] else { panic!("not a rule: {line}") };
            let is_whole = pattern.starts_with('=');
            let patterns = pattern.trim_start_matches('=').split(',');
            let ways = from.split(',').zip(to.split(','));
            for (pattern, (from, to)) in patterns.flat_map(|pattern| ways.clone().map(move |way| (pattern, way))) {
                let next = state(to.trim_end_matches(['+', '-']), &mut by_state);
                let rule = Rule {
                    is_whole,
                    kept: pattern.split_once('|').map_or(0, |(kept, _)| kept.chars().count()),
                    pattern: classes(pattern),
                    replacement: classes(replacement),
                    next,
                    grade: if to.ends_with('+') {
                        Grade::Strengthened
                    } else if to.ends_with('-') {
                        Grade::Weakened
                    } else {
                        Grade::Kept
                    },
                    penalty: penalty.parse().expect("a penalty is a number"),
                };
                let from = state(from, &mut by_state);
                by_state[usize::from(from)].push(rule);
            }
        }
        Rules { by_state: by_state.into_iter().map(by_letter).collect(), start, lemma, odd }
    }

    /// Returns the penalty of a lemma's ending.
    pub fn oddness(&self, lemma: &[char]) -> u8 {
        let fitting = self.of(self.odd, lemma).filter(|rule| rule.fits(lemma).is_some());
        fitting.map(|rule| rule.penalty).max().unwrap_or_default()
    }

    /// Returns the rules that may fit in a state.
    fn of(&self, state: u8, text: &[char]) -> impl Iterator<Item = &Rule> {
        let from_end = |at: usize| text.iter().rev().nth(at).map_or(LETTERS.len(), |letter| number(*letter));
        let before = 1 << from_end(1);
        let candidates = &self.by_state[usize::from(state)][from_end(0)];
        candidates.iter().filter(move |candidate| candidate.before & before != 0).map(|candidate| &*candidate.rule)
    }

    /// Tells `found` of every state and text that one rule leads to, with the penalty.
    pub fn step(&self, state: u8, text: &[char], scratch: &mut Scratch, mut found: impl FnMut(u8, &[char], u8)) {
        let Scratch { result, changed } = scratch;
        for rule in self.of(state, text) {
            if !rule.apply(text, result) {
                continue;
            }
            let of_grade = |text: &[char], cost: u8| found(rule.next, text, rule.penalty + cost);
            match rule.grade {
                Grade::Kept => found(rule.next, result, rule.penalty),
                Grade::Strengthened => grade::strengthened(result, changed, of_grade),
                Grade::Weakened => grade::weakened(result, changed, of_grade),
            }
        }
    }
}

/// Gives each rule to the letters that it can fit.
fn by_letter(rules: Vec<Rule>) -> [Vec<Candidate>; LETTERS.len() + 1] {
    let mut out: [Vec<Candidate>; LETTERS.len() + 1] = Default::default();
    for rule in rules {
        // All that are not letters of ours share a number, and a rule may fit any of them.
        let letters = |class: Option<&Class>| {
            let fitting = LETTERS.iter().filter(|letter| class.is_none_or(|class| class.can_fit(**letter)));
            fitting.fold(1u32 << LETTERS.len(), |bits, letter| bits | 1 << number(*letter))
        };
        let mut from_end = rule.pattern.iter().rev();
        let (last, before) = (letters(from_end.next()), letters(from_end.next()));
        let candidate = Candidate { before, rule: Arc::new(rule) };
        let fitting = out.iter_mut().enumerate().filter(|(number, _)| last & 1 << number != 0);
        fitting.for_each(|(_, candidates)| candidates.push(candidate.clone()));
    }
    out
}

impl Rule {
    /// Puts the text with the ending replaced into `result`; returns whether the rule fits.
    fn apply(&self, text: &[char], result: &mut Vec<char>) -> bool {
        let Some((stem, back)) = self.fits(text) else { return false };
        let of_stem = || stem.iter().rev().find_map(|letter| grade::is_back(*letter));
        let back = back.or_else(of_stem).unwrap_or(false);
        result.clear();
        result.extend_from_slice(stem);
        result.extend(self.replacement.iter().map(|class| class.letter(back)));
        true
    }

    /// Returns what stays of the text, and the harmony that the ending shows, if the rule fits.
    fn fits<'t>(&self, text: &'t [char]) -> Option<(&'t [char], Option<bool>)> {
        let from = text.len().checked_sub(self.pattern.len())?;
        let stem = &text[..from + self.kept];
        // Something must be left before the ending.
        if if self.is_whole { from > 0 } else { stem.is_empty() } {
            return None;
        }
        let mut back = None;
        for (at, class) in (from..).zip(&self.pattern) {
            if !class.fits(text, at) {
                return None;
            }
            if let Class::Pair(_) = class {
                let this = grade::is_back(text[at]);
                if back.is_some() && back != this {
                    return None;
                }
                back = this;
            }
        }
        Some((stem, back))
    }
}

impl Class {
    /// Returns whether the letter can fit, whatever stands before it.
    fn can_fit(self, letter: char) -> bool {
        self == Class::Same || self.fits(&[letter], 0)
    }

    fn fits(self, text: &[char], at: usize) -> bool {
        let letter = text[at];
        match self {
            Class::Letter(wanted) => letter == wanted,
            Class::Pair(wanted) => letter == wanted || letter == front(wanted),
            Class::Vowel => is_vowel(letter),
            Class::Consonant => !is_vowel(letter),
            Class::Liquid => matches!(letter, 'l' | 'n' | 'r'),
            Class::Same => {
                let before = if at > 1 && text[at - 1] == 'h' { at - 2 } else { at.wrapping_sub(1) };
                is_vowel(letter) && text.get(before) == Some(&letter)
            }
        }
    }

    /// Returns the letter that the class stands for in a replacement.
    fn letter(self, back: bool) -> char {
        match self {
            Class::Letter(letter) => letter,
            Class::Pair(letter) if back => letter,
            Class::Pair(letter) => front(letter),
            other => panic!("{other:?} cannot stand in a replacement"),
        }
    }
}

fn front(back: char) -> char {
    match back {
        'a' => 'ä',
        'o' => 'ö',
        _ => 'y',
    }
}

fn classes(pattern: &str) -> Vec<Class> {
    let letters = pattern.chars().filter(|letter| !matches!(letter, '|' | '-'));
    letters
        .map(|letter| match letter {
            'A' => Class::Pair('a'),
            'O' => Class::Pair('o'),
            'U' => Class::Pair('u'),
            'V' => Class::Vowel,
            'C' => Class::Consonant,
            'L' => Class::Liquid,
            '@' => Class::Same,
            letter => Class::Letter(letter),
        })
        .collect()
}
