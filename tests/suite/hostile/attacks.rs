//! Attacks by markup and addresses, in every field that an author controls.

use crate::html;
use crate::support::{Book, translation};

/// Strings that run code where something is not escaped.
pub const ATTACKS: [&str; 40] = [
    "<script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</h1><script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<SCRIPT SRC=//x.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "\" onmouseover=\"alert(1)",
    "\" autofocus onfocus=alert(1) x=\"",
    "` onmouseover=alert(1) `",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href=&#106;avascript:alert(1)>x</a>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<base href=//x.example/>",
    "<link rel=stylesheet href=//x.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<style>@import '//x.example/x.css';</style>",
    "<p style=\"background:url(javascript:alert(1))\">x</p>",
    "<div style=position:fixed onclick=alert(1)>x</div>",
    "<details open ontoggle=alert(1)>x</details>",
    "<b/onclick=alert(1)//",
    "<b\nonclick\n=\nalert(1)>x</b>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[><script>alert(1)</script>]]>",
    "<?xml <script>alert(1)</script>?>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<template><script>alert(1)</script></template>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;alert(1)&#60;/script&#62;",
];

/// Addresses that run code or leave the site where they are not refused.
pub const ADDRESSES: [&str; 24] = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\u{1}script:alert(1)",
    "\u{1}javascript:alert(1)",
    "javascript&colon;alert(1)",
    "&#106;&#97;vascript:alert(1)",
    "&#x6A;avascript:alert(1)",
    "javascript&#58;alert(1)",
    "javascript%3Aalert(1)",
    "%6Aavascript:alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "file:///etc/passwd",
    "blob:https://x.example/1",
    "//x.example/x",
    "\\\\x.example\\x",
    "/\\x.example/x",
    "https:javascript:alert(1)",
    "contact:javascript:alert(1)",
    "https://x.example/\"onmouseover=\"alert(1)",
];

/// Expects a page to hold nothing that runs, and no address of a kind that is not allowed.
fn check_harmless(what: &str, path: &str, html: &str) {
    assert_eq!(html::hazards(html), [""; 0], "{what} in {path}");
    assert_eq!(html::imbalance(html), None, "{what} in {path}");
    addresses_are_allowed(&format!("{what} in {path}"), &html::addresses(html));
}

/// Expects none of the addresses of a page to be of a kind that is not allowed.
pub fn addresses_are_allowed(what: &str, addresses: &[String]) {
    for address in addresses {
        let allowed = ["https://", "http://", "https:", "mailto:", "tel:", "sms:"]
            .iter()
            .any(|scheme| address.starts_with(scheme));
        let before_path = address.split(['/', '?', '#']).next().unwrap_or_default();
        assert!(allowed || !before_path.contains(':'), "{what}: {address}");
        let leaves = ["//", "\\", "/\\"].iter().any(|start| address.starts_with(start));
        assert!(!leaves, "{what}: {address}");
    }
}

fn check_all_harmless(what: &str, book: &Book) {
    for (path, html) in book.html_outputs() {
        check_harmless(what, &path, &html);
    }
}

/// Writes a text as a YAML or TOML string.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[test]
fn attacks_in_data_are_shown_as_text() {
    for attack in ATTACKS {
        let text = quoted(attack);
        let front = format!(
            "---\ntitle: {text}\nsummary: {text}\nowner: {text}\nreviewed: 2026-01-01\ntags: [{text}]\nchannels: [{text}]\nsearch-words: [{text}]\nchanges:\n  - {{date: 2026-01-01, note: {text}}}\ncovers: [B01]\n---\n\n{{{{ paha }}}} {{{{ contact.neuvonta.note }}}} [x](contact:neuvonta) [[sana]]\n\n## {{{{ paha }}}} {{#a}}\n\n## B {{#b}}\n\n## C {{#c}}\n"
        );
        let book = Book::empty()
            .file("book.toml", format!("[book]\nid = \"test\"\nversion = {text}\nlanguages = [\"fi\", \"sv\"]\ntitle = {text}\ndescription = {text}\nsource = {{ title = {text}, date = {text} }}\n[accessibility]\norganisation = {text}\nstatus = \"partial\"\nfeedback-email = {text}\nfeedback-phone = {text}\nshortcomings = [{{ what = {text}, why = \"error\", criteria = [{text}] }}]\n"))
            .file("themes/default/strings/fi.yaml", format!("{}: {text}\n", quoted(&format!("channel-{attack}"))))
            .file("themes/default/strings/sv.yaml", format!("{}: {text}\n", quoted(&format!("channel-{attack}"))))
            .file("content/fi/index.md", &front)
            .file("content/fi/sivu.md", front.replace("---\n\n", "kind: case\naliases: [vanha]\n---\n\n"))
            .file("content/sv/sivu.md", translation(&front, &text, "{{ paha }} [[sana]]"))
            .file("content/fi/vars.yaml", format!("paha: {text}\n"))
            .file("content/fi/contacts.yaml", format!("neuvonta:\n  name: {text}\n  phone: {text}\n  email: {text}\n  address: {text}\n  hours: {text}\n  note: {text}\n"))
            .file("content/fi/glossary.yaml", format!("sana:\n  term: {text}\n  definition: Selitys {{{{ paha }}}}.\n  synonyms: [{text}]\n  see: index#a\n{text}:\n  definition: Toinen.\n"))
            .file("content/statements.yaml", format!("- {{id: B01, kind: def, text: {text}, term: {text}}}\n"));
        let run = book.run(&["build"]);
        assert_eq!(run.status, Some(0), "{attack}: {run:?}");
        check_all_harmless(attack, &book);
        let title = html::tags(&book.output("index.html")).iter().any(|tag| tag.name == "h1");
        assert!(
            title && html::text(&book.output("index.html")).contains(attack.trim()),
            "{attack} is shown as it is written"
        );
    }
}

#[test]
fn attacks_in_markdown_are_dropped_or_shown_as_text() {
    for attack in ATTACKS {
        let line = attack.replace('\n', " ");
        let body = format!(
            "{attack}\n\n## {line} {{#a}}\n\n![{line}](kuva.png \"{line}\")\n\n[{line}](index.md '{line}')\n\n| {line} |\n|---|\n| {line} |\n\n- [ ] {line}\n\nA[^1] `{line}` **{line}** [[sana|{line}]]\n\n[^1]: {line}\n\n```{line}\n{attack}\n```\n\nTermi {line}\n: {line}\n\n> [!NOTE]\n> {line}\n\n<div title=\"{line}\">{attack}</div>\n\n<b title='{line}'>x</b>\n"
        );
        let book = Book::new()
            .file("content/fi/kuva.png", "x")
            .file("content/fi/glossary.yaml", format!("sana:\n  definition: {}\n", quoted(&format!("Selitys {line}"))))
            .page(&body);
        let run = book.run(&["build"]);
        if run.status == Some(0) {
            check_all_harmless(attack, &book);
        } else {
            assert_eq!(run.status, Some(1), "{attack}: {run:?}");
        }
        // The body alone must be built, whatever it is: dropping is a warning.
        let book = Book::new().page(&format!("alku\n\n{attack}\n\nkeski {line} loppu"));
        let status = book.run(&["build"]).status;
        // A line of `=` makes a heading of level 1, which is an error of its own.
        assert!(status == Some(0) || attack.contains("\n=\n"), "{attack}: {status:?}");
        if status == Some(0) {
            check_all_harmless(attack, &book);
        }
    }
}

#[test]
fn bad_addresses_are_refused_or_stay_within_the_site() {
    for address in ADDRESSES {
        let places = [
            format!("[x]({address})"),
            format!("[x](<{address}>)"),
            format!("[x][a]\n\n[a]: {address}"),
            format!("<{address}>"),
            format!("![x]({address})"),
            format!("![x](<{address}>)"),
            format!("<a href=\"{address}\">x</a>"),
            format!("<img src=\"{address}\" alt=x>"),
            format!("<q cite=\"{address}\">x</q>"),
        ];
        for body in places {
            let book = Book::new().page(&body);
            let run = book.run(&["build"]);
            if run.status == Some(0) {
                check_all_harmless(&body, &book);
            } else {
                assert_eq!(run.status, Some(1), "{body}: {run:?}");
            }
        }
        let contact = format!("neuvonta:\n  name: Neuvonta\n  url: {}\n", quoted(address));
        let book = Book::new().file("content/fi/contacts.yaml", contact).page("[x](contact:neuvonta)");
        if book.run(&["build"]).status == Some(0) {
            check_all_harmless(address, &book);
        }
        let definition = format!("sana:\n  definition: {}\n", quoted(&format!("[x]({address})")));
        let book = Book::new().file("content/fi/glossary.yaml", definition).page("[[sana]]");
        if book.run(&["build"]).status == Some(0) {
            check_all_harmless(address, &book);
        }
    }
}

#[test]
fn attacks_in_names_are_refused_or_encoded() {
    let book = Book::new();
    for name in [
        "\"onerror=alert(1).png",
        "'><script>.png",
        "javascript:alert(1).png",
        "<b>.png",
        "&quot;.png",
        "..png",
        "a\nb.png",
    ] {
        book.write(format!("content/fi/{name}"), "x");
    }
    let book = book.page(
        "![x](<%22onerror=alert(1).png>) ![x](%27%3E%3Cscript%3E.png) ![x](./javascript:alert(1).png) ![x](%3Cb%3E.png) ![x](%26quot;.png)",
    );
    let run = book.run(&["build"]);
    if run.status == Some(0) {
        check_all_harmless("a name", &book);
    } else {
        assert_eq!(run.status, Some(1), "{run:?}");
    }
}
