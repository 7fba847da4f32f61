//! The body of a patch: blocks `:::append {#id reason="…" over=NAME}`, each closed by `:::`.
//!
//! It is given a file and the range of the body and returns the operations in the author's order, with the
//! ranges of their Markdown, which it does not read. A `:::` inside fenced code is text.

use std::ops::Range;
use std::sync::Arc;

use crate::config::is_id;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::document::Op;
use crate::source::TextFile;

/// One operation of a patch.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// What it does.
    pub op: Op,
    /// The section that it names; empty for the page as a whole.
    pub section: String,
    /// Why.
    pub reason: Option<String>,
    /// The layers whose changes it replaces knowingly.
    pub over: Vec<String>,
    /// Where it is named: its opening line.
    pub span: Range<usize>,
    /// Its Markdown.
    pub body: Range<usize>,
}

/// Reads the body of a patch; reports what it cannot be (`E086`).
pub fn parse(file: &Arc<TextFile>, range: Range<usize>, out: &mut Vec<Diagnostic>) -> Vec<Operation> {
    let mut parser = Parser { file, operations: Vec::new(), open: None, fence: None, stray: None, out };
    let mut at = range.start;
    for line in file.text[range.clone()].split_inclusive('\n') {
        parser.line(line.trim_end(), at, at + line.len());
        at += line.len();
    }
    parser.end(range.end)
}

struct Parser<'a> {
    file: &'a Arc<TextFile>,
    operations: Vec<Operation>,
    /// The block that is being read; `None` within for one that cannot be used.
    open: Option<(Option<Operation>, Range<usize>)>,
    /// The fence of the code that is being read.
    fence: Option<(char, usize)>,
    /// The first line of text outside of all blocks since the last one.
    stray: Option<Range<usize>>,
    out: &'a mut Vec<Diagnostic>,
}

impl Parser<'_> {
    fn fault(&mut self, message: impl Into<String>, span: Range<usize>, help: &str) {
        let place = Place::new(self.file, span);
        self.out.push(Diagnostic::new(Code::E086, message).at(place).help(help));
    }

    /// Reads one line, given where it begins and where the next one does.
    fn line(&mut self, line: &str, start: usize, next: usize) {
        let span = start..start + line.len();
        if self.in_code(line) {
            self.outside(line, span);
            return;
        }
        let Some(rest) = line.strip_prefix(":::") else {
            self.outside(line, span);
            return;
        };
        if rest.is_empty() {
            self.close(start, span);
            return;
        }
        if let Some((_, opening)) = self.open.take() {
            let place = Place::new(self.file, opening);
            let fault = Diagnostic::new(Code::E086, "this block is not closed").at(place);
            let fault = fault.related(Place::new(self.file, span.clone()), "the next one begins here");
            self.out.push(fault.help("write `:::` on a line of its own after its text"));
        }
        self.stray = None;
        let operation = self.opening(rest, span.clone(), next);
        self.open = Some((operation, span));
    }

    /// Follows fenced code; returns whether the line belongs to it.
    fn in_code(&mut self, line: &str) -> bool {
        let text = line.trim_start_matches(' ');
        let indented = line.len() - text.len() > 3;
        let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~')).unwrap_or(' ');
        let length = text.chars().take_while(|c| *c == mark).count();
        let is_fence = !indented && mark != ' ' && length >= 3;
        match self.fence {
            None if is_fence && !(mark == '`' && text[length..].contains('`')) => {
                self.fence = Some((mark, length));
                true
            }
            None => false,
            Some((open, wanted)) => {
                if is_fence && mark == open && length >= wanted && text[length..].trim().is_empty() {
                    self.fence = None;
                }
                true
            }
        }
    }

    /// Notes text outside of all blocks, once for each stretch of it.
    fn outside(&mut self, line: &str, span: Range<usize>) {
        if self.open.is_none() && self.stray.is_none() && !line.trim().is_empty() {
            self.stray = Some(span.clone());
            let help = "put it into a block, such as `:::append {#section}` … `:::`";
            self.fault("this text stands outside of the patch's blocks", span, help);
        }
    }

    fn close(&mut self, end: usize, span: Range<usize>) {
        match self.open.take() {
            Some((Some(mut operation), _)) => {
                operation.body.end = end;
                self.finish(operation);
            }
            Some((None, _)) => {}
            None => self.fault("there is no block here to close", span, "remove this line"),
        }
        self.stray = None;
    }

    fn finish(&mut self, operation: Operation) {
        let is_empty = self.file.text[operation.body.clone()].trim().is_empty();
        let word = operation.op.word();
        if is_empty && operation.op != Op::Remove {
            self.fault(format!("this `{word}` block is empty"), operation.span, "write its text, or take it out");
        } else if !is_empty && operation.op == Op::Remove {
            let help = "use `replace` to put something in the section's place";
            self.fault("a `remove` block cannot hold text", operation.span, help);
        } else {
            self.operations.push(operation);
        }
    }

    /// Reads what follows the colons of an opening line.
    fn opening(&mut self, rest: &str, span: Range<usize>, next: usize) -> Option<Operation> {
        let word = rest.split([' ', '{']).next().unwrap_or_default();
        let Some((_, op)) = Op::IN_PATCHES.into_iter().find(|(known, _)| *known == word) else {
            let place = Place::new(self.file, span);
            let fault = Diagnostic::new(Code::E086, format!("there is no operation `{word}`")).at(place);
            self.out.push(fault.suggest(word, Op::IN_PATCHES.map(|(known, _)| known)));
            return None;
        };
        let help = "write, for example, `:::append {#section reason=\"…\"}`; `{#}` is the whole page";
        let braces = rest[word.len()..].trim();
        let Some(inner) = braces.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
            self.fault(format!("`{word}` does not name its section in braces"), span, help);
            return None;
        };
        let mut operation = Operation {
            op,
            section: String::new(),
            reason: None,
            over: Vec::new(),
            span: span.clone(),
            body: next..next,
        };
        match attributes(inner) {
            Ok(attributes) => self.attributes(attributes, &mut operation, help).then_some(operation),
            Err(what) => {
                self.fault(what, span, help);
                None
            }
        }
    }

    /// Takes in the attributes; returns whether the block can be used.
    fn attributes(&mut self, attributes: Vec<Attribute<'_>>, operation: &mut Operation, help: &str) -> bool {
        let span = operation.span.clone();
        let mut has_section = false;
        let mut seen = Vec::new();
        for attribute in attributes {
            let name = if let Attribute::Value(name, _) = attribute { name } else { "#" };
            if seen.contains(&name) {
                self.fault(format!("`{name}` stands here twice"), span, "write a block for each section");
                return false;
            }
            seen.push(name);
            match attribute {
                Attribute::Section(id) if id.is_empty() || is_id(id) => {
                    has_section = true;
                    id.clone_into(&mut operation.section);
                }
                Attribute::Section(id) => {
                    self.fault(format!("`{id}` cannot be the id of a section"), span, help);
                    return false;
                }
                Attribute::Value("reason", text) if !text.trim().is_empty() => {
                    operation.reason = Some(text.trim().to_owned());
                }
                Attribute::Value("reason", _) => {
                    self.fault("the reason is empty", span, "say why, or leave `reason` out");
                    return false;
                }
                Attribute::Value("over", "") => {
                    self.fault("`over` names no layer", span, "write the layer's name, or leave `over` out");
                    return false;
                }
                Attribute::Value("over", names) => {
                    operation.over = names.split([' ', ',']).filter(|name| !name.is_empty()).map(Into::into).collect();
                }
                Attribute::Value(name, _) => {
                    self.fault(format!("a block cannot have `{name}`"), span, help);
                    return false;
                }
            }
        }
        if !has_section {
            self.fault(format!("`{}` does not name its section", operation.op.word()), span, help);
        }
        has_section
    }

    fn end(mut self, end: usize) -> Vec<Operation> {
        if let Some((_, opening)) = self.open.take() {
            let place = Place::new(self.file, opening);
            let fault = Diagnostic::new(Code::E086, "this block is not closed").at(place);
            let fault = fault.related(Place::new(self.file, end..end), "the file ends here");
            self.out.push(fault.help("write `:::` on a line of its own after its text"));
        }
        self.operations
    }
}

/// An attribute in the braces of an opening line.
enum Attribute<'t> {
    Section(&'t str),
    Value(&'t str, &'t str),
}

/// Splits `#id reason="…" over=NAME`.
fn attributes(inner: &str) -> Result<Vec<Attribute<'_>>, String> {
    let mut attributes = Vec::new();
    let mut rest = inner.trim();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('#') {
            let end = after.find(' ').unwrap_or(after.len());
            attributes.push(Attribute::Section(&after[..end]));
            rest = after[end..].trim_start();
            continue;
        }
        let Some((name, after)) = rest.split_once('=') else {
            return Err(format!("`{rest}` is neither `#section` nor `name=\"value\"`"));
        };
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or("a quotation mark is not closed")?,
            None => after.split_at(after.find(' ').unwrap_or(after.len())),
        };
        attributes.push(Attribute::Value(name.trim(), value));
        rest = after.trim_start();
    }
    Ok(attributes)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::parse;
    use crate::source::TextFile;

    /// What a patch comes to: its operations with their text, or its faults.
    fn check(text: &str, expected: &str) {
        let file = Arc::new(TextFile::new("patch.md", text));
        let mut out = Vec::new();
        let operations = parse(&file, 0..text.len(), &mut out);
        let shown = |o: &super::Operation| {
            format!("{} #{} {:?} {:?} {:?}", o.op.word(), o.section, o.reason, o.over, &text[o.body.clone()])
        };
        let found = operations.iter().map(shown).chain(out.iter().map(|fault| fault.message.clone()));
        assert_eq!(found.collect::<Vec<_>>().join("\n"), expected, "{text}");
    }

    #[test]
    fn blocks_are_read_with_their_attributes() {
        let text = ":::append {#a reason=\"Oma syy\" over=kunta}\nTeksti.\n:::\n\n:::remove {#b-1}\n:::\n";
        check(text, "append #a Some(\"Oma syy\") [\"kunta\"] \"Teksti.\\n\"\nremove #b-1 None [] \"\"");
        check(":::prepend {#}\nA\n:::\n", "prepend # None [] \"A\\n\"");
    }

    #[test]
    fn colons_in_fenced_code_are_text() {
        check(":::append {#a}\n```\n:::\n```\n:::\n", "append #a None [] \"```\\n:::\\n```\\n\"");
        check(
            ":::append {#a}\n~~~~\n:::\n~~~\n:::\n~~~~\nB\n:::\n",
            "append #a None [] \"~~~~\\n:::\\n~~~\\n:::\\n~~~~\\nB\\n\"",
        );
    }

    #[test]
    fn what_is_no_block_is_reported() {
        check(":::append {#a}\nA\n", "this block is not closed");
        check(":::append {#a}\nA\n:::append {#b}\nB\n:::\n", "append #b None [] \"B\\n\"\nthis block is not closed");
        check("Teksti.\nToinen.\n", "this text stands outside of the patch's blocks");
        check(":::\n", "there is no block here to close");
        check(":::apend {#a}\nA\n:::\n", "there is no operation `apend`");
        check(":::append\nA\n:::\n", "`append` does not name its section in braces");
        check(":::append {reason=\"x\"}\nA\n:::\n", "`append` does not name its section");
        check(":::append {#a reason=\"x}\nA\n:::\n", "a quotation mark is not closed");
        check(":::append {#Aa}\nA\n:::\n", "`Aa` cannot be the id of a section");
        check(":::append {#a}\n\n:::\n", "this `append` block is empty");
        check(":::remove {#a}\nA\n:::\n", "a `remove` block cannot hold text");
        check(":::append {#a x=1}\nA\n:::\n", "a block cannot have `x`");
        check(":::remove {#a over=\"\"}\n:::\n", "`over` names no layer");
        check(":::append {#a #b}\nA\n:::\n", "`#` stands here twice");
        check(":::append {#a over=x over=y}\nA\n:::\n", "`over` stands here twice");
    }
}
