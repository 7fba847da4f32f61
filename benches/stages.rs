//! How long each stage takes by itself, on a made-up book of 200 pages that lies in memory.
//!
//! `compare.sh` times the whole program; these benches say which stage the time goes to, and whether a change
//! of one stage has made it slower. Only `publish` touches the disk: it writes below the target folder, each
//! round to a folder of its own, and all of them are removed together at the end.
//!
//! ```text
//! cargo bench --bench stages                                   # all
//! cargo bench --bench stages -- render                         # those whose name holds `render`
//! cargo bench --bench stages -- --save-baseline before         # then change something, and
//! cargo bench --bench stages -- --baseline before              # see what it did
//! ```

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput};
use opas::book::{Book, Options};
use opas::config::Config;
use opas::diagnostic::{Diagnostic, text};
use opas::document;
use opas::pipeline::{self, Prepared};
use opas::publish::{About, Folder, Published};
use opas::render::highlight::highlight;
use opas::site::Site;
use opas::source::{Source, front_matter};

/// The allocator of the program, so that its share of the time is the same here.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Chapters of the book; each is a folder with a section page.
const CHAPTERS: usize = 8;

/// Pages of a chapter, besides its section page.
const PAGES: usize = 24;

/// A page with a code block comes once in this many pages.
const CODE_EVERY: usize = 5;

/// The page that the benches of one page take: it has a code block.
const ONE_PAGE: &str = "luku-4/sivu-10";

/// Links that lead nowhere on the faulty page.
const DEAD_LINKS: usize = 100;

/// A block of code as a page has it.
const CODE: &str = "# laskuri\n\
    palvelu:\n\
    \x20 nimi: \"Ajanvaraus\"\n\
    \x20 portti: 8080\n\
    \x20 kielet: [fi, sv, en]\n\
    \x20 aukiolo: {ma: \"9-15\", ti: \"9-15\", ke: null}\n\
    \x20 kuvaus: |\n\
    \x20   Varaa aika toimipisteeseen.\n\
    \x20   Peruuta se viimeistään edellisenä päivänä.\n\
    \x20 päällä: true\n";

fn main() {
    let outputs = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("the target folder can be written");
    let mut criterion = Criterion::default().configure_from_args();
    parse(&mut criterion);
    read(&mut criterion);
    make(&mut criterion);
    colour(&mut criterion);
    publish(&mut criterion, outputs.path());
    tell(&mut criterion);
    criterion.final_summary();
}

// The benches

/// Times `document`: one page's Markdown to a tree.
fn parse(criterion: &mut Criterion) {
    let source = book();
    let file = source.text(&format!("content/fi/{ONE_PAGE}.md")).expect("the book has the page");
    let body = front_matter::split(&file.text).expect("the page has front matter").body;
    let mut group = criterion.benchmark_group("document");
    group.throughput(Throughput::Bytes(body.len() as u64));
    group.bench_function("parse one page", |bencher| {
        bencher.iter_with_large_drop(|| document::parse(file, body.clone()));
    });
    group.finish();
}

/// Times `book`: all files to a checked book, on all cores, `document` included.
fn read(criterion: &mut Criterion) {
    let source = book();
    let config = Config::read(&source).expect("book.toml is good");
    let mut group = criterion.benchmark_group("book");
    group.throughput(Throughput::Elements(prepared(&source).pages() as u64));
    group.bench_function("read 200 pages", |bencher| {
        bencher.iter_batched(
            || config.clone(),
            |config| Book::read(&source, config, Options::default()),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

/// Times `render` and `site`: one page to its bytes, digest and recorded inputs, and all files on all cores.
fn make(criterion: &mut Criterion) {
    let prepared = prepared(&book());
    let site = Site::new(&prepared.book, &prepared.theme);
    let path = format!("{ONE_PAGE}.html");
    let planned = site.plan.iter().find(|planned| planned.path == path).expect("the site has the page");
    let mut group = criterion.benchmark_group("render");
    group.bench_function("make one page", |bencher| bencher.iter(|| site.make(planned)));
    group.throughput(Throughput::Elements(site.plan.len() as u64));
    group.bench_function("make all", |bencher| bencher.iter_with_large_drop(|| site.make_all()));
    group.finish();
}

/// Times the colouring of one code block: a page with code costs about this much more than one without.
fn colour(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("highlight");
    group.throughput(Throughput::Bytes(CODE.len() as u64));
    group.bench_function("one block of YAML", |bencher| bencher.iter(|| highlight("yaml", black_box(CODE))));
    group.finish();
}

/// Times `publish`, which makes each file and writes it:
///
/// - `cold`: to a folder that does not exist;
/// - `unchanged`: to a folder that holds the same site, so that all is made and nothing written;
/// - `skipped`: only the look by which a build with the same inputs finds that the folder is whole.
fn publish(criterion: &mut Criterion, outputs: &Path) {
    let source = book();
    let prepared = prepared(&source);
    let site = Site::new(&prepared.book, &prepared.theme);
    let about = prepared.about(source.digest());
    let same = outputs.join("same");
    put(&same, &site, &about);
    let mut group = criterion.benchmark_group("publish");
    group.throughput(Throughput::Elements(site.plan.len() as u64));
    // Every round of `cold` leaves a site on the disk until the end: few rounds are enough.
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(1));
    let mut round = 0;
    group.bench_function("cold", |bencher| {
        let folder = || {
            round += 1;
            outputs.join(format!("cold-{round}"))
        };
        bencher.iter_batched(folder, |folder| put(&folder, &site, &about), BatchSize::PerIteration);
    });
    group.bench_function("unchanged", |bencher| {
        bencher.iter(|| {
            let published = put(&same, &site, &about);
            assert_eq!(published.written, 0, "nothing has changed");
        });
    });
    group.bench_function("skipped", |bencher| {
        bencher.iter(|| {
            let folder = Folder::look(&same).expect("the folder is ours");
            assert!(folder.whole().is_some(), "every file is as it was written");
        });
    });
    group.finish();
}

/// Times the text for people of the diagnostics of a page with many faults.
fn tell(criterion: &mut Criterion) {
    let diagnostics = faults();
    let mut group = criterion.benchmark_group("diagnostic");
    group.throughput(Throughput::Elements(diagnostics.len() as u64));
    group.bench_function("100 as text", |bencher| {
        bencher.iter(|| diagnostics.iter().map(|diagnostic| text::render(diagnostic, false).len()).sum::<usize>());
    });
    group.finish();
}

// What they work on

/// Looks at a folder and publishes a site to it, as a build does.
fn put(folder: &Path, site: &Site<'_>, about: &About) -> Published {
    let folder = Folder::look(folder).expect("the folder is free or ours");
    folder.publish(site, about, || ()).expect("the target folder can be written")
}

/// Reads a book that must not have a fault.
fn prepared(source: &Source) -> Prepared {
    let prepared = pipeline::prepare(source, Vec::new(), Options::default()).expect("book.toml is good");
    let faults: Vec<String> = prepared.diagnostics.iter().map(|fault| text::render(fault, false)).collect();
    assert!(faults.is_empty(), "the made-up book has faults:\n{}", faults.join("\n"));
    prepared
}

/// Returns the diagnostics of a page with [`DEAD_LINKS`].
fn faults() -> Vec<Diagnostic> {
    let mut source = book();
    let mut page = page_text("Virheitä", 0, 0);
    for number in 0..DEAD_LINKS {
        writeln!(page, "Katso [sivu {number}](sivy-{number}.md).\n").expect("writing to a string cannot fail");
    }
    source.insert_text("content/fi/luku-1/virheita.md", &page);
    let prepared = pipeline::prepare(&source, Vec::new(), Options::default()).expect("book.toml is good");
    assert_eq!(prepared.diagnostics.len(), DEAD_LINKS);
    prepared.diagnostics
}

/// Makes the files of the book; the same ones every time, on every machine.
fn book() -> Source {
    let mut source = Source::default();
    let config = "[book]\nid = \"mitattava\"\nversion = \"1\"\nlanguages = [\"fi\"]\ntitle = \"Mitattava kirja\"\n";
    source.insert_text("book.toml", config);
    source.insert_text("content/fi/vars.yaml", "palvelu: Ajanvaraus\n");
    source.insert_text("content/fi/contacts.yaml", "neuvonta:\n  name: Neuvonta\n  phone: 029 000 0000\n");
    source.insert_text("content/fi/glossary.yaml", &glossary());
    source
        .insert_text("content/fi/index.md", "---\ntitle: Mitattava kirja\n---\n\nKirja on tehty mittaamista varten.\n");
    for chapter in 1..=CHAPTERS {
        let folder = format!("content/fi/luku-{chapter}");
        let section = format!("---\ntitle: Luku {chapter}\nkind: section\n---\n\nLuvun sivut.\n");
        source.insert_text(&format!("{folder}/index.md"), &section);
        for page in 1..=PAGES {
            let text = page_text(&format!("Sivu {chapter}.{page}"), chapter, page);
            source.insert_text(&format!("{folder}/sivu-{page}.md"), &text);
        }
    }
    source
}

/// Makes a glossary of the [`WORDS`].
fn glossary() -> String {
    let entries = WORDS.iter().map(|word| format!("{word}:\n  definition: Sana {word} tarkoittaa sanaa {word}.\n"));
    entries.collect()
}

/// Makes a page of some 600 words with one of every kind of block.
fn page_text(title: &str, chapter: usize, page: usize) -> String {
    let mut random = Random(chapter as u64 * 1000 + page as u64);
    let mut text = format!("---\ntitle: {title}\nsummary: {}\nowner: Neuvonta\n", random.sentence());
    text.push_str("reviewed: 2026-01-02\nreview-by: 2028-01-02\ntags: [asiointi, tuki]\n---\n\n");
    for section in 1..=6 {
        let heading = random.words(3);
        let block = match section {
            1 => random.list("- "),
            2 => random.list("1. "),
            3 => format!("> [!NOTE]\n> {}\n\n", random.sentence()),
            4 => random.table(),
            5 if page.is_multiple_of(CODE_EVERY) => format!("```yaml\n{CODE}```\n\n"),
            _ => random.paragraph(),
        };
        let (chapter, page) = (1 + random.below(CHAPTERS), 1 + random.below(PAGES));
        let link = format!("[sivulta {page}](../luku-{chapter}/sivu-{page}.md#kohta-{section})");
        let term = random.word();
        let parts = [
            format!("## {heading} {{#kohta-{section}}}\n\n"),
            random.paragraph(),
            block,
            format!("### {} {{#kohta-{section}-1}}\n\n", random.words(2)),
            random.paragraph(),
            format!("Katso lisää {link} tai [neuvonnasta](contact:neuvonta): [[{term}]], {{{{ palvelu }}}}.\n\n"),
        ];
        text.extend(parts);
    }
    text
}

/// Words of the text; each is a term of the glossary, too.
const WORDS: [&str; 24] = [
    "aika",
    "asiakas",
    "hakemus",
    "kunta",
    "laite",
    "laki",
    "lomake",
    "maksu",
    "neuvonta",
    "ohje",
    "oikeus",
    "palvelu",
    "puhelin",
    "päätös",
    "salasana",
    "sopimus",
    "suostumus",
    "tieto",
    "tuki",
    "tunnus",
    "valtuus",
    "varaus",
    "verkko",
    "viesti",
];

/// A stream of numbers (`SplitMix64`) and the text drawn from it.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let number = (bits ^ (bits >> 31)) % bound as u64;
        usize::try_from(number).expect("a number below a usize is one")
    }

    fn word(&mut self) -> &'static str {
        WORDS[self.below(WORDS.len())]
    }

    fn words(&mut self, count: usize) -> String {
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    fn sentence(&mut self) -> String {
        let length = 6 + self.below(10);
        format!("Teksti {}.", self.words(length))
    }

    fn paragraph(&mut self) -> String {
        let (first, bold, last) = (self.sentence(), self.word(), self.sentence());
        format!("{first} Muista **{bold}** ja *{bold}*. {last}\n\n")
    }

    fn list(&mut self, mark: &str) -> String {
        let items: Vec<String> = (0..4).map(|_| format!("{mark}{}\n", self.sentence())).collect();
        format!("{}\n", items.concat())
    }

    fn table(&mut self) -> String {
        let rows: Vec<String> = (0..4).map(|_| format!("| {} | {} |\n", self.word(), self.words(3))).collect();
        format!("| Asia | Ohje |\n| --- | --: |\n{}\n", rows.concat())
    }
}
