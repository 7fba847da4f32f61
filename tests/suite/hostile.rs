//! Input that wants to break things: a clear diagnostic or a correct page, in good time, and never harm.

pub mod attacks;

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::Duration;

use crate::html;
use crate::support::{Book, FRONT_PAGE, Run, config, page, tree};

/// Pages larger than this are not read tag by tag, which would take longer than making them.
const LARGEST_READ: usize = 500_000;

/// Builds over a published site; expects a whole new site or a refusal that leaves the old one.
///
/// `Run::of` kills what takes too long and fails on a panic.
fn survive(book: &Book) -> Run {
    let content = book.path("content");
    let aside = book.holder().join("aside");
    fs::rename(&content, &aside).unwrap();
    book.write("content/fi/index.md", FRONT_PAGE).build();
    fs::remove_dir_all(&content).unwrap();
    fs::rename(&aside, &content).unwrap();
    let before = book.outputs();
    let run = book.run(&["build", "-q"]);
    match run.status {
        Some(0) => {
            for (path, html) in book.html_outputs() {
                assert!(html.trim_end().ends_with("</html>"), "{path} is whole");
                if html.len() < LARGEST_READ {
                    assert_eq!(html::imbalance(&html), None, "{path}");
                    assert_eq!(html::hazards(&html), [""; 0], "{path}");
                }
            }
        }
        Some(1 | 3) => {
            assert!(run.stderr.contains("error"), "{run:?}");
            assert_eq!(book.outputs(), before, "the previous site stays");
        }
        status => panic!("{status:?}: {}", &run.stderr[..run.stderr.len().min(1000)]),
    }
    run
}

/// Expects a page to be built.
fn survive_well(body: &str) -> Book {
    let book = Book::new().page(body);
    let run = survive(&book);
    assert_eq!(run.status, Some(0), "{}", &run.stderr[..run.stderr.len().min(1000)]);
    book
}

/// Expects a page to be refused with this code.
fn survive_refused(body: &str, code: &str) {
    let run = survive(&Book::new().page(body));
    assert_eq!(run.status, Some(1), "{}", &run.stderr[..run.stderr.len().min(1000)]);
    assert!(run.stderr.contains(code), "{}", &run.stderr[..run.stderr.len().min(1000)]);
}

#[test]
fn a_byte_order_mark_and_other_line_ends_make_no_difference() {
    let body = "## Otsikko {#o}\n\nYksi\nkaksi\\\nkolme\n\n```text\na\nb\n```\n\n> [!NOTE]\n> x\n";
    let build = |change: &dyn Fn(&str) -> String| {
        let book = Book::empty()
            .file("book.toml", change(&config(&["fi"])))
            .file("content/fi/index.md", change(FRONT_PAGE))
            .file("content/fi/vars.yaml", change("a: |\n  x\n  y\n"))
            .file("content/fi/sivu.md", change(&page("Sivu", &format!("{{{{ a }}}}\n\n{body}"))));
        assert_eq!(book.codes(), [""; 0]);
        book.build();
        book.outputs()
    };
    let plain = build(&|text| text.to_owned());
    assert_eq!(build(&|text| format!("\u{feff}{text}")), plain);
    assert_eq!(build(&|text| text.replace('\n', "\r\n")), plain);
    assert_eq!(build(&|text| format!("\u{feff}{}", text.replace('\n', "\r\n"))), plain);
    assert_eq!(build(&|text| text.replace('\n', "\r")), plain);
}

#[test]
fn positions_are_right_under_a_byte_order_mark_and_other_line_ends() {
    let text = "\u{feff}---\r\ntitle: Sivu\r\n---\r\n\r\nä [muu](muu.md)\r\n";
    let book = Book::new().file("content/fi/sivu.md", text);
    assert!(book.check().stderr.contains("content/fi/sivu.md:5:3"), "{}", book.check().stderr);
}

#[test]
fn utf_16_is_said_not_to_be_utf_8() {
    let bytes: Vec<u8> = "\u{feff}---\ntitle: x\n---\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let run = survive(&Book::new().file("content/fi/sivu.md", bytes));
    assert!(run.stderr.contains("E002"), "{run:?}");
}

#[test]
fn a_page_of_10_megabytes_is_built() {
    let book = survive_well(&"Tämä on kappale, jossa on **tekstiä** ja `koodia`.\n\n".repeat(200_000));
    assert!(book.output("page.html").len() > 10_000_000);
}

#[test]
fn a_line_of_10_megabytes_is_built() {
    survive_well(&"sana ".repeat(2_000_000));
    survive_well(&"a".repeat(10_000_000));
}

#[test]
fn a_fault_in_a_huge_line_does_not_flood_the_terminal() {
    let run = survive(&Book::new().page(&format!("{} [muu](muu.md)", "sana ".repeat(1_000_000))));
    assert!(run.stderr.contains("E021") && run.stderr.len() < 2000, "{} bytes", run.stderr.len());
}

#[test]
fn lists_nested_too_deep_are_refused() {
    let list: String = (0..200).map(|depth| format!("{}- a\n", "  ".repeat(depth))).collect();
    survive_refused(&list, "E031");
    let numbered: String = (0..200).map(|depth| format!("{}1. a\n", "   ".repeat(depth))).collect();
    survive_refused(&numbered, "E031");
}

#[test]
fn quotations_nested_too_deep_are_refused() {
    survive_refused(&format!("{}a", "> ".repeat(200)), "E031");
    survive_refused(&format!("{}a", ">".repeat(100_000)), "E031");
    survive_refused(&format!("{}a", "> - ".repeat(200)), "E031");
}

#[test]
fn emphasis_nested_too_deep_is_refused() {
    let deep = format!("{}a{}", "*a **b ".repeat(200), " b** a*".repeat(200));
    let run = survive(&Book::new().page(&deep));
    assert!(matches!(run.status, Some(0 | 1)));
    survive_refused(&format!("{}a{}", "~~a *b ".repeat(200), " b* a~~".repeat(200)), "E031");
}

#[test]
fn what_nests_100_levels_is_built() {
    survive_well(&format!("{}a", "> ".repeat(90)));
    survive_well(&(0..45).map(|depth| format!("{}- a\n", "  ".repeat(depth))).collect::<String>());
}

#[test]
fn open_brackets_and_braces_without_end() {
    for body in [
        "[", "[[", "![", "![[", "[^", "{{", "{{ ", "\\{{", "](", "[a](", "<", "<a ", "<!--", "`", "``` ", "*", "_",
        "~~", "|", "| a ", "[a][", "&#", "&amp",
    ] {
        let book = Book::new().page(&body.repeat(50_000));
        let run = survive(&book);
        assert!(run.time.as_secs() < 30, "`{body}` took {:?}", run.time);
    }
}

#[test]
fn variables_that_never_close_take_linear_time() {
    let time = |count| survive(&Book::new().page(&format!("{}}}}}", "{{ ".repeat(count)))).time;
    let (short, long) = (time(20_000), time(80_000));
    // Four times the text: four times the time, or sixteen times where it is read again and again.
    assert!(long < short * 8 + Duration::from_secs(1), "{short:?} and {long:?}");
}

#[test]
fn terms_in_great_number() {
    let book = Book::new()
        .page(&"[[sana]] ".repeat(50_000))
        .file("content/fi/glossary.yaml", "sana:\n  definition: Selitys.\n");
    assert_eq!(survive(&book).status, Some(0));
    assert_eq!(book.output("page.html").matches("popovertarget").count(), 1);
}

#[test]
fn a_hundred_thousand_headings_are_built() {
    let body: String = (0..100_000).map(|number| format!("## Otsikko {number} {{#o-{number}}}\n\n")).collect();
    survive_well(&body);
}

#[test]
fn a_hundred_thousand_headings_of_one_text_are_built() {
    let book = survive_well(&"## Otsikko\n\n".repeat(100_000));
    assert!(book.output("page.html").contains("id=\"otsikko-100000\""));
}

#[test]
fn a_hundred_thousand_links_are_built() {
    survive_well(&"[a](index.md) <https://a.fi/> ".repeat(50_000));
    let body = format!("## Viimeinen {{#viimeinen}}\n\n{}", "[a](#viimeinen) ".repeat(100_000));
    survive_well(&body);
}

#[test]
fn many_links_into_a_page_of_many_sections_are_built() {
    let mut body: String = (0..10_000).map(|number| format!("## Otsikko {{#o-{number}}}\n\n")).collect();
    body.push_str(&(0..10_000).map(|number| format!("[a](#o-{number})\n")).collect::<String>());
    survive_well(&body);
}

#[test]
fn many_footnotes_are_built() {
    let marks: String = (0..10_000).map(|number| format!("a[^{number}] ")).collect();
    let notes: String = (0..10_000).map(|number| format!("[^{number}]: b\n\n")).collect();
    survive_well(&format!("{marks}\n\n{notes}"));
}

#[test]
fn many_faults_are_reported_in_good_time() {
    let run = survive(&Book::new().page(&"[a](puuttuva.md)\n".repeat(5_000)));
    assert_eq!(run.status, Some(1));
    let tags = survive(&Book::new().page(&"<font>\n\n".repeat(3_000)));
    assert_eq!(tags.status, Some(0));
}

#[test]
fn many_faults_in_one_yaml_file_are_reported_in_good_time() {
    let yaml: String = (0..300).map(|number| format!("termi-{number}:\n  definicion: Selitys.\n")).collect();
    let run = survive(&Book::new().file("content/fi/glossary.yaml", yaml));
    assert_eq!(run.status, Some(1));
}

#[test]
fn a_table_of_many_cells_is_built() {
    let row = format!("{}\n", "| a ".repeat(1000));
    survive_well(&format!("{row}{}\n{}", "|---".repeat(1000), row.repeat(300)));
}

#[test]
fn nul_and_control_characters() {
    let book = survive_well("a\0b \u{1} \u{7f} \u{85} \u{2028} \u{202e} \u{feff} z");
    assert!(!book.output("page.html").contains('\0'));
    let run = survive(&Book::new().file("content/fi/sivu.md", "---\ntitle: a\0b\n---\n"));
    assert!(matches!(run.status, Some(0 | 1)));
    let run = survive(&Book::new().file("content/fi/sivu.md", "\0\0\0\0"));
    assert!(run.stderr.contains("E010"), "{run:?}");
    survive(&Book::new().file("content/fi/vars.yaml", "a: \"\\0\\u0001\"\n").page("{{ a }}"));
}

#[test]
fn an_alias_bomb_in_yaml_is_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", before.trim_end_matches(", ")));
    }
    for (path, text) in [
        ("content/fi/glossary.yaml", bomb.clone()),
        ("content/fi/vars.yaml", bomb.clone()),
        ("content/fi/sivu.md", format!("---\ntitle: Sivu\n{bomb}---\n")),
        ("content/statements.yaml", format!("- {{id: B01}}\n- {}", bomb.replace('\n', "\n  "))),
    ] {
        let run = survive(&Book::new().file(path, text));
        assert_eq!(run.status, Some(1), "{path}");
        assert!(run.stderr.len() < 100_000, "{path}: {} bytes of messages", run.stderr.len());
    }
}

#[test]
fn yaml_nested_too_deep_is_refused() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", "")] {
        let deep = format!("---\ntitle: Sivu\ntags: {}x{}\n---\n", open.repeat(10_000), close.repeat(10_000));
        let run = survive(&Book::new().file("content/fi/sivu.md", deep));
        assert_eq!(run.status, Some(1), "{open}");
    }
    let deep = format!("[book]\nid = {}{}\n", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(Book::new().file("book.toml", deep).run(&["build"]).status, Some(2));
}

#[test]
fn values_of_yaml_in_other_types() {
    for value in [
        "~",
        "null",
        ".inf",
        ".nan",
        "0x10",
        "1e400",
        "-0",
        "2026-01-01",
        "yes",
        "!!str x",
        "!!binary aGVp",
        "? a",
        "{}",
        "[]",
        "&a x",
        "*a",
        "|",
        ">",
        "@x",
        "`x`",
        "%x",
        "\"\\uD800\"",
        "'''",
        "99999999999999999999999999",
    ] {
        for key in
            ["title", "summary", "pages", "reviewed", "covers", "changes", "draft", "aliases", "translates", "kind"]
        {
            let title = if key == "title" { "" } else { "title: Sivu\n" };
            let book = Book::new().file("content/fi/sivu.md", format!("---\n{title}{key}: {value}\n---\n\nx\n"));
            let run = book.check();
            assert!(matches!(run.status, Some(0 | 1)), "{key}: {value}: {run:?}");
        }
    }
}

#[test]
fn folders_that_loop_by_links_are_reported() {
    let book = Book::new();
    symlink(".", book.path("content/fi/tama")).unwrap();
    fs::create_dir(book.path("content/fi/a")).unwrap();
    symlink("../a", book.path("content/fi/a/a")).unwrap();
    symlink("itse", book.path("content/fi/itse")).unwrap();
    symlink("toinen", book.path("content/fi/ensimmainen")).unwrap();
    symlink("ensimmainen", book.path("content/fi/toinen")).unwrap();
    let run = survive(&book);
    for name in ["tama", "a/a", "itse", "toinen", "ensimmainen"] {
        assert!(run.stderr.contains(&format!("content/fi/{name}`")), "{name}: {run:?}");
    }
    assert!(!run.stderr.contains("E001"), "a loop is a bad link, not a failing machine: {run:?}");
}

#[test]
fn nothing_outside_of_the_book_is_read_by_a_link() {
    for (link, target) in [
        ("content/fi/kuva.png", "../../../salaisuus.txt"),
        ("content/fi/kansio", "../../../ulkona"),
        ("content/fi/etc", "/etc"),
        ("themes", "../ulkona"),
        ("content/sv", "../../ulkona"),
    ] {
        let book = Book::new();
        fs::write(book.holder().join("salaisuus.txt"), "SALAISUUS").unwrap();
        fs::create_dir(book.holder().join("ulkona")).unwrap();
        fs::write(book.holder().join("ulkona/kuva.png"), "SALAISUUS").unwrap();
        symlink(target, book.path(link)).unwrap();
        let run = book.run(&["build"]);
        assert_eq!(run.status, Some(1), "{link}: {run:?}");
        assert!(run.stderr.contains("E003"), "{link}: {run:?}");
        assert!(!book.path("public").exists());
    }
}

#[test]
fn a_link_within_the_book_is_followed() {
    let book = Book::new().file("content/fi/sivu.md", page("Sivu", "Teksti."));
    symlink("sivu.md", book.path("content/fi/toinen.md")).unwrap();
    fs::create_dir(book.path("content/fi/kansio")).unwrap();
    fs::write(book.path("content/fi/kansio/kuva.png"), "x").unwrap();
    symlink("kansio", book.path("content/fi/linkki")).unwrap();
    book.build();
    assert!(book.body("toinen.html").contains("Teksti."));
    assert!(book.has_output("linkki/kuva.png"));
}

#[test]
fn a_pipe_among_the_files_does_not_hang_the_build() {
    let book = Book::new();
    assert!(Command::new("mkfifo").arg(book.path("content/fi/putki.png")).status().unwrap().success());
    let mut command = Command::new("timeout");
    command.args(["5", env!("CARGO_BIN_EXE_opas"), "build"]).current_dir(book.root());
    let run = Run::of(command);
    assert!(matches!(run.status, Some(1 | 3)), "124 means that it hung: {run:?}");
    assert!(run.stderr.contains("putki.png"), "{run:?}");
}

#[test]
fn a_folder_named_like_a_page_is_a_folder() {
    let book = Book::new();
    fs::create_dir(book.path("content/fi/sivu.md")).unwrap();
    book.build();
    let run = survive(&book.file("content/fi/toinen.md/a.md", page("A", "x")));
    assert!(run.stderr.contains("E005"), "{run:?}");
}

#[test]
fn a_name_too_long_for_a_file_is_refused() {
    let name = "a".repeat(252);
    let run = survive(&Book::new().file(format!("content/fi/{name}.md"), page("Sivu", "x")));
    assert!(matches!(run.status, Some(1 | 3)), "{run:?}");
}

#[test]
fn names_that_are_no_utf_8_are_refused() {
    use std::os::unix::ffi::OsStrExt;
    let book = Book::new();
    let name = std::ffi::OsStr::from_bytes(b"content/fi/\xe4.md");
    fs::write(book.root().join(name), FRONT_PAGE).unwrap();
    let run = book.run(&["build"]);
    assert_eq!(run.status, Some(1), "{run:?}");
    assert!(run.stderr.contains("E005"), "{run:?}");
}

#[test]
fn a_title_of_a_megabyte_is_shown() {
    let title = "a".repeat(1_000_000);
    assert_eq!(survive(&Book::new().file("content/fi/sivu.md", page(&title, "x"))).status, Some(0));
}

#[test]
fn a_pattern_that_defeats_the_highlighter_is_shown() {
    for language in ["js", "html", "css", "sh", "rust", "md", "php", "sql", "yaml", "json", "xml", "c++", "regex"] {
        let codes =
            ["(", "\"", "/*", "<", "{[(", "\\"].map(|piece| format!("```{language}\n{}\n```\n", piece.repeat(3_000)));
        survive_well(&codes.join("\n"));
    }
}

#[test]
fn escapes_for_the_terminal_are_not_passed_on() {
    let book = Book::new().page("[\u{1b}[31mpunainen](muu\u{1b}]0;otsikko\u{7}.md) {{ \u{1b}[2J }}");
    let run = book.run(&["check", "--color", "never"]);
    assert_eq!(run.status, Some(1));
    assert!(!run.stderr.contains('\u{1b}'), "{:?}", run.stderr);
}

#[test]
fn two_pages_with_one_output_path_are_refused() {
    let book = Book::new().file("content/fi/a.md", page("A", "x")).file("content/fi/a/index.md", page("A", "x"));
    let run = survive(&book);
    assert!(
        run.stderr.contains("E006") && run.stderr.contains("a/index.md") && run.stderr.contains("content/fi/a.md"),
        "{run:?}"
    );
}

#[test]
fn a_check_of_anything_writes_nothing() {
    let book = Book::new().page(&"> ".repeat(300));
    let before = tree(book.root());
    book.check();
    assert_eq!(tree(book.root()), before);
}
