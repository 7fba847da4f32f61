//! What the built-in theme promises: colours that can be read, and pages that are small.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use opas::config::brand::{Colour, MARKS, TEXT};

use crate::support::Run;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn style() -> String {
    std::fs::read_to_string(Path::new(ROOT).join("themes/default/assets/style.css")).unwrap()
}

/// The colours of the first `:root` block after a text, by their names.
fn tokens(style: &str, after: &str) -> BTreeMap<String, Colour> {
    let (_, rest) = style.split_once(after).unwrap();
    let (_, rest) = rest.split_once(":root {").unwrap();
    let (block, _) = rest.split_once('}').unwrap();
    let pairs = block.split(';').filter_map(|line| line.trim().strip_prefix("--")?.split_once(": "));
    pairs.filter_map(|(name, value)| Some((name.to_owned(), Colour::parse(value)?))).collect()
}

/// Checks that each of `fronts` has this contrast on each of `grounds`.
fn check(tokens: &BTreeMap<String, Colour>, fronts: &[&str], grounds: &[&str], least: f64) {
    for front in fronts {
        for ground in grounds {
            let contrast = tokens[*front].contrast(tokens[*ground]);
            assert!(contrast >= least, "--{front} on --{ground}: {contrast:.2}, must be {least}");
        }
    }
}

fn check_mode(tokens: &BTreeMap<String, Colour>) {
    let soft = ["note-soft", "tip-soft", "important-soft", "warning-soft", "caution-soft"];
    check(tokens, &["ink", "muted", "link", "visited"], &["paper", "soft"], TEXT);
    check(tokens, &["ink", "link", "visited"], &soft, TEXT);
    check(tokens, &["ink", "link"], &["mark"], TEXT);
    check(tokens, &["string"], &["soft"], TEXT);
    check(tokens, &["on-brand"], &["brand", "brand-hover"], TEXT);
    check(tokens, &["edge", "accent"], &["paper", "soft"], MARKS);
    for tone in ["note", "tip", "important", "warning", "caution"] {
        check(tokens, &[tone], &["paper", &format!("{tone}-soft")], MARKS);
    }
}

#[test]
fn the_colours_can_be_read_in_light_and_dark() {
    let style = style();
    let mut light = tokens(&style, "/* Tokens */");
    light.insert("accent".to_owned(), light["brand"]);
    check_mode(&light);
    let mut dark = light;
    dark.extend(tokens(&style, "@media screen and (prefers-color-scheme: dark)"));
    check_mode(&dark);
}

#[test]
fn with_more_contrast_asked_for_there_is_more() {
    let style = style();
    let mut light = tokens(&style, "/* Tokens */");
    light.extend(tokens(&style, "@media (prefers-contrast: more)"));
    check(&light, &["ink", "link"], &["paper", "soft"], 7.0);
    let mut dark = tokens(&style, "@media screen and (prefers-color-scheme: dark)");
    dark.extend(tokens(&style, "@media screen and (prefers-contrast: more) and (prefers-color-scheme: dark)"));
    check(&dark, &["ink", "link"], &["paper", "soft"], 7.0);
}

#[test]
fn one_of_the_two_rings_of_the_focus_shows_on_every_ground() {
    let style = style();
    let (sun, dark_ring) = (tokens(&style, "/* Tokens */")["sun"], Colour::parse("#15232b").unwrap());
    assert!(style.contains("box-shadow: 0 0 0 5px #15232b"));
    for (name, ground) in
        tokens(&style, "/* Tokens */").into_iter().chain(tokens(&style, "prefers-color-scheme: dark)"))
    {
        let best = sun.contrast(ground).max(dark_ring.contrast(ground));
        assert!(best >= MARKS, "the focus on --{name}: {best:.2}");
    }
    assert!(sun.contrast(dark_ring) >= MARKS);
}

/// The size after compression, as servers do it.
fn compressed(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}

#[test]
fn a_page_of_the_handbook_takes_few_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    let mut command = Command::new(env!("CARGO_BIN_EXE_opas"));
    command.args(["build", "--out", site.to_str().unwrap()]).current_dir(ROOT);
    let run = Run::of(command);
    assert_eq!(run.status, Some(0), "{run:?}");
    let size = |path: &Path| compressed(&std::fs::read(path).unwrap());
    assert!(size(&site.join("assets/style.css")) <= 10 * 1024, "style.css");
    assert!(size(&site.join("assets/opas.js")) <= 10 * 1024, "opas.js");
    let pages = walkdir::WalkDir::new(&site).into_iter().flatten().map(walkdir::DirEntry::into_path);
    let mut count = 0;
    for page in pages.filter(|path| path.extension().is_some_and(|ending| ending == "html")) {
        assert!(size(&page) <= 14 * 1024, "{}: {}", page.display(), size(&page));
        count += 1;
    }
    assert!(count > 30, "{count}");
}
