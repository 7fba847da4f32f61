//! The search of the site: its files, what stands on a page before any script runs, and the built scripts.

use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The files with an ending in a folder, as `search-ui/build.mjs` names them.
fn within(folder: &str, end: &str) -> Vec<String> {
    let files = std::fs::read_dir(Path::new(ROOT).join("search-ui").join(folder)).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(end)).map(|name| format!("{folder}{name}")).collect()
}

#[test]
fn the_built_scripts_are_those_of_their_sources() {
    let mut sources =
        vec!["build.mjs".to_owned(), "package-lock.json".to_owned(), "../src/search/finnish/rules.txt".to_owned()];
    sources.extend(within("src/", ".ts"));
    sources.extend(within("../src/search/stop-words/", ".txt"));
    sources.sort();
    let mut hasher = blake3::Hasher::new();
    for source in &sources {
        hasher.update(&std::fs::read(Path::new(ROOT).join("search-ui").join(source)).unwrap()).update(&[0]);
    }
    let sum = hasher.finalize().to_hex();
    for name in ["find.js", "search.js"] {
        let script = std::fs::read_to_string(Path::new(ROOT).join("themes/default/assets").join(name)).unwrap();
        let stands = script.lines().next().is_some_and(|line| line.ends_with(&format!("Sources: {sum}")));
        assert!(stands, "{name} is older than its sources: run `npm ci && npm run build` in search-ui/");
    }
}
