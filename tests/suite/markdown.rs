//! What Markdown becomes: the HTML of a page's body, a function for each feature.

use crate::support::{Book, Run, translation};
use crate::{html, support};

const GLOSSARY: &str = "\
digituki:
  definition: Tukea *digiasioissa* [oppaasta](https://esimerkki.fi/?a=1&b=2).
  synonyms: [atk-apu]
vahva tunnistautuminen:
  definition: Henkilöllisyyden todentaminen.
";
const CONTACTS: &str = "\
seniorsurf:
  name: SeniorSurf
  url: https://seniorsurf.fi/Polku?q=a&b=%20c~d#e
neuvonta:
  name: Neuvonta <1>
  phone: +358 29 123 (arkisin)
  note: Arkisin klo 9–15.
kirjasto:
  name: Kirjasto
  address: Kirjastokatu 1
";
const VARS: &str = "nimi: Opas\nmerkit: '<b> & {{ nimi }} *tähti* [[digituki]]'\n";

fn book(body: &str) -> Book {
    Book::new()
        .page(body)
        .file("content/fi/kansio/index.md", support::page("Kansio", "## Kohta {#kohta}\n\nTeksti."))
        .file("content/fi/kuvat/kaavio 1.png", "x")
        .file("content/fi/glossary.yaml", GLOSSARY)
        .file("content/fi/contacts.yaml", CONTACTS)
        .file("content/fi/vars.yaml", VARS)
}

fn render(body: &str) -> (String, Run) {
    let book = book(body);
    let run = book.build();
    (book.body("page.html"), run)
}

/// Expects a body to become exactly this, without a warning.
fn check(markdown: &str, expected: &str) {
    let (found, run) = render(markdown);
    assert_eq!(found, expected, "{markdown}");
    assert_eq!(run.stderr, "", "{markdown}");
    assert_eq!(html::imbalance(&found), None, "{found}");
}

/// Expects a body to become exactly this, with something dropped.
fn check_dropped(markdown: &str, expected: &str, warnings: usize) {
    let (found, run) = render(markdown);
    assert_eq!(found, expected, "{markdown}");
    assert_eq!(run.stderr.matches("warning[W001]").count(), warnings, "{markdown}: {}", run.stderr);
    assert_eq!(html::imbalance(&found), None, "{found}");
}

#[test]
fn paragraphs_keep_their_line_breaks() {
    check("Yksi\nkaksi\\\nkolme  \nneljä\n\nToinen.", "<p>Yksi\nkaksi<br>\nkolme<br>\nneljä</p>\n<p>Toinen.</p>");
}

#[test]
fn special_characters_are_escaped() {
    check(
        "A < B & C > D \"e\" &amp; &lt; &auml; `<b>&`",
        "<p>A &lt; B &amp; C &gt; D \"e\" &amp; &lt; ä <code>&lt;b&gt;&amp;</code></p>",
    );
}

#[test]
fn emphasis_nests() {
    check(
        "*a **b** c* _d_ __e__ ~~f~~ ***g***",
        "<p><em>a <strong>b</strong> c</em> <em>d</em> <strong>e</strong> <del>f</del> <em><strong>g</strong></em></p>",
    );
}

#[test]
fn lists_nest() {
    check(
        "- a\n  - b\n    1. c\n    2. d\n- e",
        "<ul>\n<li>a\n<ul>\n<li>b\n<ol>\n<li>c</li>\n<li>d</li>\n</ol>\n</li>\n</ul>\n</li>\n<li>e</li>\n</ul>",
    );
}

#[test]
fn loose_lists_have_paragraphs() {
    check("- a\n\n- b", "<ul>\n<li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ul>");
}

#[test]
fn numbered_lists_begin_where_the_author_begins() {
    check("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>");
    check("7. a\n8. b", "<ol start=\"7\">\n<li>a</li>\n<li>b</li>\n</ol>");
}

#[test]
fn tasks_say_in_words_whether_they_are_done() {
    check(
        "- [x] tehty\n- [ ] tekemättä\n- muu",
        "<ul class=\"tasks\">\n<li><span class=\"task\" role=\"img\" aria-label=\"Tehty\">☑</span> tehty</li>\n\
         <li><span class=\"task\" role=\"img\" aria-label=\"Tekemättä\">☐</span> tekemättä</li>\n<li>muu</li>\n</ul>",
    );
}

#[test]
fn tables_have_header_cells_and_alignment() {
    check(
        "| Palvelu | Määrä | Keskellä |\n| :-- | --: | :-: |\n| `a\\|b` | **2** | |",
        "<div class=\"table\" role=\"group\" tabindex=\"0\" aria-label=\"Taulukko\">\n<table>\n<thead>\n\
         <tr><th scope=\"col\">Palvelu</th><th scope=\"col\" class=\"right\">Määrä</th>\
         <th scope=\"col\" class=\"center\">Keskellä</th></tr>\n</thead>\n<tbody>\n\
         <tr><td data-label=\"Palvelu\"><code>a|b</code></td><td data-label=\"Määrä\" class=\"right\"><strong>2</strong></td>\
         <td data-label=\"Keskellä\" class=\"center\"></td></tr>\n\
         </tbody>\n</table>\n</div>",
    );
}

#[test]
fn a_table_is_named_by_the_heading_above_it() {
    check(
        "## Palvelut & ajat {#ajat}\n\n| a & b |\n|---|\n| 1 |",
        "<h2 id=\"ajat\">Palvelut &amp; ajat</h2>\n\
         <div class=\"table\" role=\"group\" tabindex=\"0\" aria-label=\"Taulukko: Palvelut &amp; ajat\">\n<table>\n<thead>\n\
         <tr><th scope=\"col\">a &amp; b</th></tr>\n</thead>\n<tbody>\n<tr><td data-label=\"a &amp; b\">1</td></tr>\n\
         </tbody>\n</table>\n</div>",
    );
}

#[test]
fn footnotes_are_numbered_in_the_order_of_the_text_and_link_back() {
    check(
        "Yksi.[^b] Kaksi.[^a] Taas.[^b]\n\n[^a]: Toinen *lähde*.\n\n[^b]: Ensimmäinen lähde.",
        "<p>Yksi.<sup><a class=\"footnote\" id=\"fnref_1\" href=\"#fn_1\" aria-label=\"Alaviite 1\">1</a></sup> \
         Kaksi.<sup><a class=\"footnote\" id=\"fnref_2\" href=\"#fn_2\" aria-label=\"Alaviite 2\">2</a></sup> \
         Taas.<sup><a class=\"footnote\" href=\"#fn_1\" aria-label=\"Alaviite 1\">1</a></sup></p>\n\
         <section class=\"footnotes\" aria-label=\"Alaviitteet\">\n<ol>\n\
         <li id=\"fn_1\">\n<p>Ensimmäinen lähde.</p>\n\
         <a class=\"back\" href=\"#fnref_1\" aria-label=\"Takaisin tekstiin alaviitteestä 1\">↩</a></li>\n\
         <li id=\"fn_2\">\n<p>Toinen <em>lähde</em>.</p>\n\
         <a class=\"back\" href=\"#fnref_2\" aria-label=\"Takaisin tekstiin alaviitteestä 2\">↩</a></li>\n\
         </ol>\n</section>",
    );
}

#[test]
fn a_footnote_in_a_footnote_is_shown_too() {
    let (body, _) = render("Teksti.[^a]\n\n[^a]: Katso.[^b]\n\n[^b]: Tämä.");
    assert!(body.contains("Tämä."), "{body}");
    let ids = html::values(&body, "id");
    let addresses = html::addresses(&body);
    assert!(addresses.iter().all(|href| ids.contains(&href.trim_start_matches('#').to_owned())), "{body}");
}

#[test]
fn definition_lists() {
    check(
        "Digituki\n: Tukea.\n: Toinen *selitys*.\n\nTermi\n: Selitys.",
        "<dl>\n<dt>Digituki</dt>\n<dd>Tukea.</dd>\n<dd>Toinen <em>selitys</em>.</dd>\n<dt>Termi</dt>\n<dd>Selitys.</dd>\n</dl>",
    );
}

#[test]
fn quotations_and_rules() {
    check("> a\n>\n> > b\n\n---", "<blockquote>\n<p>a</p>\n<blockquote>\n<p>b</p>\n</blockquote>\n</blockquote>\n<hr>");
}

#[test]
fn alerts_of_five_kinds_are_named_in_words() {
    let kinds = [
        ("NOTE", "note", "Huomaa"),
        ("TIP", "tip", "Vinkki"),
        ("IMPORTANT", "important", "Tärkeää"),
        ("WARNING", "warning", "Varoitus"),
        ("CAUTION", "caution", "Vaara"),
    ];
    for (mark, class, title) in kinds {
        check(
            &format!("> [!{mark}]\n> Teksti *on* tässä.\n>\n> - a"),
            &format!(
                "<div class=\"alert {class}\" role=\"note\">\n<p class=\"alert-title\">{title}</p>\n\
                 <p>Teksti <em>on</em> tässä.</p>\n<ul>\n<li>a</li>\n</ul>\n</div>"
            ),
        );
    }
}

#[test]
fn headings_have_the_authors_id_or_one_made_from_their_text() {
    check(
        "## Ohjaaminen {#ohjaus}\n\n### Mitä ääni & öljy?\n\n### Mitä ääni & öljy?",
        "<h2 id=\"ohjaus\">Ohjaaminen</h2>\n<h3 id=\"mita-aani-oljy\">Mitä ääni &amp; öljy?</h3>\n<h3 id=\"mita-aani-oljy-2\">Mitä ääni &amp; öljy?</h3>",
    );
}

#[test]
fn an_id_made_from_a_text_never_takes_the_authors() {
    check("## Kohta\n\n## Toinen {#kohta}", "<h2 id=\"kohta-2\">Kohta</h2>\n<h2 id=\"kohta\">Toinen</h2>");
}

#[test]
fn inferred_sections_are_marked_and_end_where_the_section_ends() {
    check(
        "## Yksi {#yksi .inferred}\n\nTulkintaa.\n\n### Ala {#ala}\n\nSamaa.\n\n## Kaksi {#kaksi}\n\nLähteestä.",
        "<div class=\"inferred\">\n<h2 id=\"yksi\">Yksi <span class=\"mark\">Tulkinta</span></h2>\n<p>Tulkintaa.</p>\n\
         <h3 id=\"ala\">Ala</h3>\n<p>Samaa.</p>\n</div>\n<h2 id=\"kaksi\">Kaksi</h2>\n<p>Lähteestä.</p>",
    );
}

#[test]
fn inferred_sections_nest_and_end_at_higher_levels() {
    let (body, _) = render("## A {#a}\n\n### B {#b .inferred}\n\nx\n\n#### C {#c .inferred}\n\ny\n\n### D {#d}\n\nz");
    assert_eq!(html::imbalance(&body), None);
    let end = body.find("<h3 id=\"d\">").unwrap();
    assert_eq!(body[..end].matches("<div").count(), 2, "{body}");
    assert_eq!(body[..end].matches("</div>").count(), 2, "{body}");
    assert_eq!(body[end..].matches("div").count(), 0, "{body}");
}

#[test]
fn an_inferred_section_at_the_end_of_a_page_is_closed() {
    check(
        "## A {#a .inferred}\n\nx",
        "<div class=\"inferred\">\n<h2 id=\"a\">A <span class=\"mark\">Tulkinta</span></h2>\n<p>x</p>\n</div>",
    );
}

#[test]
fn a_locked_section_looks_like_any_other() {
    check("## A {#a .locked}\n\nx", "<h2 id=\"a\">A</h2>\n<p>x</p>");
}

#[test]
fn code_is_coloured_by_class_and_never_by_style() {
    let (body, run) = render("```yaml\nnimi: \"arvo\" # <huom>\n```");
    assert_eq!(run.stderr, "");
    assert!(body.starts_with("<pre tabindex=\"0\"><code class=\"language-yaml\">"), "{body}");
    assert!(body.ends_with("</code></pre>"), "{body}");
    assert!(body.contains("class=\"hl-"), "{body}");
    assert!(!body.contains("style"), "{body}");
    assert_eq!(html::text(&body), "nimi: \"arvo\" # <huom>\n");
    assert_eq!(html::imbalance(&body), None);
}

#[test]
fn plain_and_indented_code_is_shown_as_it_is() {
    check(
        "```text\na <b> {{ nimi }} [[x]]\n```",
        "<pre tabindex=\"0\"><code class=\"language-text\">a &lt;b&gt; {{ nimi }} [[x]]\n</code></pre>",
    );
    check("    a *b*", "<pre tabindex=\"0\"><code>a *b*\n</code></pre>");
    check("```\na\n```", "<pre tabindex=\"0\"><code>a\n</code></pre>");
}

#[test]
fn the_language_of_code_cannot_leave_its_attribute() {
    let (body, _) = render("```\"onclick=x\nx\n```");
    assert_eq!(html::hazards(&body), [""; 0], "{body}");
    assert_eq!(html::tags(&body)[1].get("class"), Some("language-\"onclick=x"));
}

#[test]
fn variables_are_put_in_as_text() {
    check("Tämä on {{ nimi }} ja {{nimi}}.", "<p>Tämä on Opas ja Opas.</p>");
    check("{{ merkit }}", "<p>&lt;b&gt; &amp; {{ nimi }} *tähti* [[digituki]]</p>");
    check(
        "{{ contact.neuvonta.name }}: {{ contact.neuvonta.phone }}",
        "<p>Neuvonta &lt;1&gt;: +358 29 123 (arkisin)</p>",
    );
    check(
        "*{{ nimi }}* [{{ nimi }}](#a)\n\n## {{ nimi }} {#a}",
        "<p><em>Opas</em> <a href=\"#a\">Opas</a></p>\n<h2 id=\"a\">Opas</h2>",
    );
    check(
        "| a |\n|---|\n| {{ nimi }} |\n\n- {{ nimi }}",
        "<div class=\"table\" role=\"group\" tabindex=\"0\" aria-label=\"Taulukko\">\n<table>\n<thead>\n<tr><th scope=\"col\">a</th></tr>\n</thead>\n<tbody>\n<tr><td data-label=\"a\">Opas</td></tr>\n</tbody>\n</table>\n</div>\n<ul>\n<li>Opas</li>\n</ul>",
    );
}

#[test]
fn escaped_braces_and_code_are_no_variables() {
    check("Kirjoita \\{{ nimi }}.", "<p>Kirjoita {{ nimi }}.</p>");
    check("`{{ nimi }}` ja {{ nimi }}", "<p><code>{{ nimi }}</code> ja Opas</p>");
    check("\\\\{{ nimi }}", "<p>\\Opas</p>");
    check("\\{{ nimi }} mutta {{ nimi }}", "<p>{{ nimi }} mutta Opas</p>");
    check("{ nimi } {{ {{}}", "<p>{ nimi } {{ {{}}</p>");
}

#[test]
fn a_variable_never_becomes_a_link_or_html() {
    let book = book("{{ paha }} [{{ paha }}](index.md)")
        .file("content/fi/vars.yaml", "paha: '<script>x</script>](javascript:x)'\n");
    book.build();
    let page = book.output("page.html");
    assert_eq!(html::hazards(&page), [""; 0]);
    assert!(html::text(&page).contains("<script>x</script>](javascript:x)"));
}

#[test]
fn links_name_output_files() {
    check("[etusivu](index.md)", "<p><a href=\"index.html\">etusivu</a></p>");
    check("[kansio](kansio/index.md#kohta)", "<p><a href=\"kansio/index.html#kohta\">kansio</a></p>");
    check(
        "[k](./kansio/../kansio/index.md \"Vihje \\\" <b>\")",
        "<p><a href=\"kansio/index.html\" title=\"Vihje &quot; &lt;b&gt;\">k</a></p>",
    );
    check("[tänne](#a)\n\n## A {#a}", "<p><a href=\"#a\">tänne</a></p>\n<h2 id=\"a\">A</h2>");
    check("[v][v]\n\n[v]: index.md", "<p><a href=\"index.html\">v</a></p>");
    check("[sanasto](glossary.yaml#digituki)", "<p><a href=\"glossary.html#digituki\">sanasto</a></p>");
    check("[yhteystiedot](contacts.yaml#kirjasto)", "<p><a href=\"contacts.html#kirjasto\">yhteystiedot</a></p>");
}

#[test]
fn external_links_say_that_they_lead_away() {
    check("[a](https://a.fi/?x=1&y=2)", "<p><a href=\"https://a.fi/?x=1&amp;y=2\" rel=\"external noopener\">a</a></p>");
    check("<https://a.fi/>", "<p><a href=\"https://a.fi/\" rel=\"external noopener\">https://a.fi/</a></p>");
    check(
        "<mailto:a@b.fi> [s](tel:+358291)",
        "<p><a href=\"mailto:a@b.fi\">mailto:a@b.fi</a> <a href=\"tel:+358291\">s</a></p>",
    );
    check("<a@b.fi>", "<p><a href=\"mailto:a@b.fi\">a@b.fi</a></p>");
}

#[test]
fn a_contacts_address_is_kept_byte_for_byte() {
    let (body, _) = render("[Surf](contact:seniorsurf)");
    assert_eq!(html::addresses(&body), ["https://seniorsurf.fi/Polku?q=a&b=%20c~d#e"]);
}

#[test]
fn a_contact_without_address_leads_to_its_telephone_or_else_to_its_entry() {
    check("[n](contact:neuvonta)", "<p><a href=\"tel:+35829123\">n</a></p>");
    check("[k](contact:kirjasto)", "<p><a href=\"contacts.html#kirjasto\">k</a></p>");
}

#[test]
fn the_first_use_of_a_term_opens_its_definition_and_later_uses_lead_to_the_glossary() {
    check(
        "[[digituki|Digituen]] ja [[digituki]] sekä [[Digituki]].",
        "<p><button type=\"button\" class=\"term\" popovertarget=\"term_digituki\">Digituen</button>\
         <span class=\"definition\" id=\"term_digituki\" popover><b>digituki</b> Tukea <em>digiasioissa</em> \
         <a href=\"https://esimerkki.fi/?a=1&amp;b=2\" rel=\"external noopener\">oppaasta</a>. \
         <a href=\"glossary.html#digituki\">Sanastossa</a></span> ja \
         <a class=\"term\" href=\"glossary.html#digituki\">digituki</a> sekä \
         <a class=\"term\" href=\"glossary.html#digituki\">Digituki</a>.</p>",
    );
}

#[test]
fn a_term_of_two_words_may_be_inflected() {
    let (body, run) = render("Käytä [[vahva tunnistautuminen|vahvaa tunnistautumista]].");
    assert_eq!(run.stderr, "");
    assert!(body.contains("popovertarget=\"term_vahva-tunnistautuminen\">vahvaa tunnistautumista</button>"), "{body}");
}

#[test]
fn a_term_in_a_heading_is_plain_text_and_leaves_the_first_use_to_the_text() {
    let (body, _) = render("## [[digituki|Digituesta]] {#a}\n\n[[digituki]]");
    assert!(body.starts_with("<h2 id=\"a\">Digituesta</h2>\n<p><button"), "{body}");
}

#[test]
fn a_term_in_a_link_does_not_nest_buttons_or_links() {
    let (body, _) = render("[katso [[digituki]]](index.md) ja [[digituki|*Digituki*]]");
    let mut open = 0;
    for tag in html::tags(&body).iter().filter(|tag| matches!(tag.name.as_str(), "a" | "button")) {
        open += if tag.is_end { -1 } else { 1 };
        assert!(open <= 1, "interactive elements are nested: {body}");
    }
}

#[test]
fn images_have_alternative_texts_and_encoded_addresses() {
    check(
        "![Kaavio *tuesta* \"1\"](<kuvat/kaavio 1.png> \"Otsikko\")",
        "<p><img src=\"kuvat/kaavio%201.png\" alt=\"Kaavio tuesta &quot;1&quot;\" title=\"Otsikko\" loading=\"lazy\"></p>",
    );
    check("![A](kuvat/kaavio%201.png)", "<p><img src=\"kuvat/kaavio%201.png\" alt=\"A\" loading=\"lazy\"></p>");
}

#[test]
fn harmless_html_passes() {
    check(
        "Paina <kbd>Enter</kbd> ja H<sub>2</sub>O<br>uusi rivi.",
        "<p>Paina <kbd>Enter</kbd> ja H<sub>2</sub>O<br>uusi rivi.</p>",
    );
    check(
        "<details>\n<summary>Lisää</summary>\n\nTeksti *tässä*.\n\n</details>",
        "<details>\n<summary>Lisää</summary>\n\n<p>Teksti <em>tässä</em>.</p>\n</details>",
    );
    check(
        "<abbr title=\"Kansaneläkelaitos\">Kela</abbr> <span lang=\"sv\">hej</span>",
        "<p><abbr title=\"Kansaneläkelaitos\">Kela</abbr> <span lang=\"sv\">hej</span></p>",
    );
    check("a <!-- huomautus --> b", "<p>a  b</p>");
}

#[test]
fn other_html_is_dropped_with_a_warning() {
    check_dropped("A <font color=red>b</font> c", "<p>A b c</p>", 1);
    check_dropped("A <b onclick=\"x()\" style='x' class=y id=z>b</b>", "<p>A <b>b</b></p>", 4);
    check_dropped("<script>alert(1)</script>\n\nB", "<p>B</p>", 1);
    check_dropped("<div>\n<iframe src=\"x\"></iframe>\nteksti\n</div>", "<div>\n\nteksti\n</div>", 1);
    check_dropped("<b>auki", "<p><b>auki</b></p>", 1);
    check_dropped("a</b>", "<p>a</p>", 1);
}

#[test]
fn the_content_of_an_inline_script_is_dropped_with_it() {
    let (body, _) = render("Alku <script>alert(1)</script> loppu");
    assert_eq!(body, "<p>Alku  loppu</p>");
}

#[test]
fn html_cannot_reach_out_of_the_body() {
    for attack in
        ["</div></div></article></main>", "a</p></div></main>b", "> </blockquote></div>", "- </li></ul></div>"]
    {
        let (body, _) = render(attack);
        assert_eq!(html::imbalance(&body), None, "{attack}: {body}");
    }
    let book = book("</div></article></main></body></html>\n\n<b>x");
    book.build();
    assert_eq!(html::imbalance(&book.output("page.html")), None);
}

#[test]
fn html_nests_as_html_allows() {
    // A block in a paragraph would end it for a browser, and the end tag would make another one.
    let (body, _) = render("a <div>b</div> c");
    assert_eq!(body, "<p>a b c</p>");
}

#[test]
fn a_front_matter_line_in_the_body_is_a_rule() {
    check("a\n\n---\n\nb", "<p>a</p>\n<hr>\n<p>b</p>");
}

#[test]
fn titles_and_summaries_take_variables_and_are_escaped() {
    let book = book("x")
        .file("content/fi/sivu.md", "---\ntitle: \"{{ nimi }} <b> & 'c'\"\nsummary: \"Lyhyt {{ nimi }} <i>\"\n---\n");
    book.build();
    let page = book.output("sivu.html");
    assert!(page.contains("<h1>Opas &lt;b&gt; &amp; "), "{page}");
    assert!(html::text(&page).contains("Lyhyt Opas <i>"), "{page}");
}

#[test]
fn the_contents_of_a_page_show_headings_as_their_text() {
    let body = "## Yksi *{{ nimi }}* {#yksi}\n\n### [[digituki|Digituesta]] {#kaksi}\n\n## `koodi` [linkki](index.md) {#kolme}\n\n## Neljä {#nelja}";
    let book = book(body);
    book.build();
    let page = book.output("page.html");
    for text in ["Yksi Opas", "koodi linkki"] {
        assert_eq!(html::text(&page).matches(text).count(), 2, "`{text}` stands in the heading and in the contents");
    }
}

#[test]
fn the_words_of_the_page_are_in_the_language_of_the_site_and_values_in_that_of_the_text() {
    let source = support::page("Sivu", "{{ nimi }} [[digituki]]\n\n> [!NOTE]\n> x");
    let book = Book::in_languages(&["fi", "sv"])
        .file("content/fi/page.md", &source)
        .file("content/fi/toinen.md", &source)
        .file("content/sv/page.md", translation(&source, "Sida", "{{ nimi }} [[digituki]]\n\n> [!NOTE]\n> x"))
        .file("content/fi/glossary.yaml", "digituki:\n  definition: Tukea.\n")
        .file("content/sv/glossary.yaml", "digituki:\n  term: digitalt stöd\n  definition: Stöd.\n")
        .file("content/fi/vars.yaml", "nimi: Opas\n")
        .file("content/sv/vars.yaml", "nimi: Handbok\n");
    book.build();
    let swedish = html::text(&book.body("sv/page.html"));
    assert!(swedish.contains("Handbok") && swedish.contains("Stöd.") && swedish.contains("Obs"), "{swedish}");
    let fallback = html::text(&book.body("sv/toinen.html"));
    assert!(fallback.contains("Opas") && fallback.contains("Tukea."), "{fallback}");
}

#[test]
fn a_reference_without_definition_in_brackets_is_text() {
    check("Valitse [kyllä] tai [ei].", "<p>Valitse [kyllä] tai [ei].</p>");
}

#[test]
fn long_dashes_and_quotes_stay_as_they_are() {
    check("a -- b ... \"c\" 'd' – ”e”", "<p>a -- b ... \"c\" 'd' – ”e”</p>");
}

#[test]
fn a_heading_in_a_quotation_has_no_id() {
    check("> ## Otsikko\n>\n> Teksti.", "<blockquote>\n<h2>Otsikko</h2>\n<p>Teksti.</p>\n</blockquote>");
}
