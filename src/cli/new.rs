//! `opas new`: make a book, a page, a case or a flow.

#![expect(clippy::disallowed_methods, reason = "`opas new` makes files")]

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Status, in_book};
use crate::book::Options;
use crate::book::page::is_page_id;
use crate::book::pages::reserved;
use crate::config::{BASE, Config, is_id};
use crate::diagnostic::Severity;
use crate::document::slug;
use crate::pipeline;
use crate::scaffold::{self, NewFile};
use crate::source;

/// Arguments of `opas new`.
#[derive(Args)]
#[command(after_help = "Examples:\n  opas new book my-handbook\n  opas new page asiointi/ajanvaraus")]
pub struct Arguments {
    /// The folder of the book
    #[arg(long, value_name = "DIR", default_value = ".", global = true)]
    book: PathBuf,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Make a small working book in a new or empty folder
    #[command(after_help = "Example:\n  opas new book my-handbook --language sv")]
    Book {
        /// The folder
        dir: PathBuf,
        /// The source language
        #[arg(long, value_name = "CODE", default_value = "fi")]
        language: String,
    },
    /// Make a page
    #[command(after_help = "Example:\n  opas new page asiointi/ajanvaraus --title \"Ajanvaraus\"")]
    Page(Named),
    /// Make a case: a situation and its solution
    #[command(after_help = "Example:\n  opas new case tapaukset/uusi-puhelin --title \"Uusi puhelin\"")]
    Case(Named),
    /// Make a layer of an organisation in the book's folder `overlays`
    #[command(after_help = "Example:\n  opas new layer esimerkkikunta --title Esimerkkikunta")]
    Layer {
        /// The layer's name: lower-case letters a to z, digits and hyphens
        name: String,
        /// The organisation, as readers know it [default: made from the name]
        #[arg(long)]
        title: Option<String>,
    },
    /// Make a decision flow
    #[command(after_help = "Example:\n  opas new flow asiakastilanne --title \"Mistä on kyse?\"")]
    Flow(Named),
}

#[derive(Args)]
struct Named {
    /// The page's id: its path below the source language's folder, without `.md`
    id: String,
    /// The title [default: made from the id]
    #[arg(long)]
    title: Option<String>,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Status {
    let result = match &arguments.what {
        What::Book { dir, language } => new_book(dir, language),
        What::Page(named) => new_page(&arguments.book, named, scaffold::page),
        What::Case(named) => new_page(&arguments.book, named, scaffold::case),
        What::Layer { name, title } => new_layer(&arguments.book, name, title.as_deref()),
        What::Flow(named) => new_flow(&arguments.book, named),
    };
    match result {
        Ok(paths) => {
            for path in paths {
                // Nobody is left to tell when the reader is gone.
                let _ = writeln!(io::stdout().lock(), "{}", path.display());
            }
            Status::Done
        }
        Err((status, message)) => {
            let _ = writeln!(io::stderr().lock(), "error: {message}");
            status
        }
    }
}

type Made = Result<Vec<PathBuf>, (Status, String)>;

fn new_book(dir: &Path, language: &str) -> Made {
    if !scaffold::LANGUAGES.contains(&language) {
        let known = scaffold::LANGUAGES.join(", ");
        let message =
            format!("there are no texts for `{language}`: choose one of {known}; other languages need strings");
        return Err((Status::Usage, message));
    }
    if std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err((Status::Usage, format!("`{}` is not empty: name a new folder", dir.display())));
    }
    let name = std::path::absolute(dir).ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    let id = slug(&name.unwrap_or_default());
    write_all(dir, scaffold::book(&id, language))
}

fn new_page(book: &Path, named: &Named, make: fn(&str, Option<&str>, &str) -> NewFile) -> Made {
    let id = named.id.trim_end_matches(".md");
    let page_id = id.strip_suffix("/index").unwrap_or(id);
    check_title(named.title.as_deref())?;
    if !is_page_id(id) {
        let better: Vec<String> = id.split('/').filter(|part| !part.is_empty()).map(slug).collect();
        let help = "an id has lower-case letters a to z, digits and hyphens, with `/` between folders";
        return Err((Status::Usage, format!("`{id}` cannot be an id: {help}; try `{}`", better.join("/"))));
    }
    let (mut files, config) = read_config(book)?;
    let lang = config.source_lang();
    if let Some(name) = reserved(page_id, &config) {
        return Err((
            Status::Usage,
            format!("the name `{name}` is reserved at the top of the book: choose another one"),
        ));
    }
    let beside = [format!("content/{lang}/{page_id}.md"), format!("content/{lang}/{page_id}/index.md")];
    if let Some(taken) = beside.iter().find(|path| files.text(path).is_some()) {
        return Err((Status::Usage, format!("`{taken}` is there already")));
    }
    let made = make(id, named.title.as_deref(), lang);
    is_sound(&mut files, &made)?;
    write_all(book, vec![made])
}

/// Refuses a file with which the book would have an error that it does not have without: a name may be that of an old
/// address, or of a page that opas makes.
fn is_sound(files: &mut source::Source, (path, text): &NewFile) -> Result<(), (Status, String)> {
    let errors = |files: &source::Source| {
        let prepared = pipeline::prepare(files, Vec::new(), Options { drafts: true });
        let found = prepared.map_or_else(|faults| faults, |prepared| prepared.diagnostics);
        found.into_iter().filter(|fault| fault.severity == Severity::Error).map(|fault| fault.message)
    };
    let before: BTreeSet<String> = errors(files).collect();
    files.insert_text(path, text);
    match errors(files).find(|message| !before.contains(message)) {
        Some(message) => Err((Status::Usage, format!("{message}: choose another id"))),
        None => Ok(()),
    }
}

fn new_flow(book: &Path, named: &Named) -> Made {
    let id = named.id.trim_end_matches(".yaml").trim_start_matches("flows/");
    check_title(named.title.as_deref())?;
    if !is_id(id) || id.contains("--") {
        let help = "an id has lower-case letters a to z, digits and single hyphens";
        return Err((Status::Usage, format!("`{id}` cannot be the id of a flow: {help}; try `{}`", slug(id))));
    }
    let (mut files, config) = read_config(book)?;
    let lang = config.source_lang();
    let path = format!("content/{lang}/flows/{id}.yaml");
    if files.text(&path).is_some() {
        return Err((Status::Usage, format!("`{path}` is there already")));
    }
    let made = scaffold::flow(id, named.title.as_deref(), lang);
    is_sound(&mut files, &made)?;
    write_all(book, vec![made])
}

fn check_title(title: Option<&str>) -> Result<(), (Status, String)> {
    if title.is_some_and(|title| title.trim().is_empty()) {
        return Err((Status::Usage, "the title is empty: write one, or leave --title out".to_owned()));
    }
    Ok(())
}

fn read_config(book: &Path) -> Result<(source::Source, Config), (Status, String)> {
    let (files, _) = source::read(book);
    let config = Config::read(&files).map_err(|faults| {
        let fault = faults.first().map_or("book.toml is wrong", |fault| fault.message.as_str());
        (Status::Usage, format!("{fault}; run `opas check`"))
    })?;
    Ok((files, config))
}

fn new_layer(book: &Path, name: &str, title: Option<&str>) -> Made {
    check_title(title)?;
    if !is_id(name) || name == BASE {
        let help = "a layer's name has lower-case letters a to z, digits and hyphens, and is not `base`";
        let better = Some(slug(name)).filter(|better| is_id(better) && better != BASE);
        let better = better.map(|better| format!("; try `{better}`")).unwrap_or_default();
        return Err((Status::Usage, format!("`{name}` cannot be the name of a layer: {help}{better}")));
    }
    let (files, config) = read_config(book)?;
    let lang = config.source_lang();
    if let Some(reserved) = reserved(name, &config) {
        let message = format!("the name `{reserved}` is reserved at the top of the book: choose another one");
        return Err((Status::Usage, message));
    }
    let taken = [format!("content/{lang}/{name}.md"), format!("content/{lang}/{name}/index.md")];
    if let Some(taken) = taken.iter().find(|path| files.text(path).is_some()) {
        return Err((Status::Usage, format!("the book has a page `{taken}`: give the layer another name")));
    }
    if in_book(book, "overlays").join(name).exists() {
        return Err((Status::Usage, format!("`overlays/{name}` is there already")));
    }
    write_all(book, scaffold::layer(name, title, &config.id, &config.version, lang))
}

/// Writes new files; never over one that exists.
fn write_all(root: &Path, files: Vec<NewFile>) -> Made {
    let mut made = Vec::new();
    for (path, text) in files {
        let path = in_book(root, &path);
        let fail = |error: io::Error| (Status::Machine, format!("cannot write `{}`: {error}", path.display()));
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(fail)?;
        }
        let mut file = std::fs::File::create_new(&path).map_err(fail)?;
        file.write_all(text.as_bytes()).map_err(fail)?;
        made.push(path);
    }
    Ok(made)
}
