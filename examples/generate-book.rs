//! Writes a made-up book of Finnish-looking pages for measuring, of any size.
//!
//! It is given a number of pages and a folder, and fills the folder with an opas book
//! (`book.toml` and `content/fi/…`); with `--hugo` it also writes a Hugo site of the same
//! pages, with the layouts of `benches/hugo/`. Every page is drawn from a generator seeded by
//! the page's own number, so the same arguments give the same bytes on every machine.
//!
//! It never looks at the clock, the locale or the order of a folder, never removes anything,
//! and refuses a target folder that already holds something.
//!
//! ```text
//! cargo run --release --example generate-book -- --pages 10000 --out DIR [--hugo DIR2]
//! ```

#![expect(clippy::disallowed_methods, reason = "this program writes a book")]

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::Parser;
use rayon::prelude::*;

/// What the command line says.
#[derive(Parser)]
#[command(about = "Write a made-up Finnish book for measuring")]
struct Arguments {
    /// Number of pages, not counting the section pages and the front page.
    #[arg(long)]
    pages: NonZeroUsize,
    /// Folder for the opas book; made when missing, refused when not empty.
    #[arg(long)]
    out: PathBuf,
    /// Folder for a Hugo site of the same pages; made when missing, refused when not empty.
    #[arg(long)]
    hugo: Option<PathBuf>,
}

/// The `book.toml` of every generated book.
const BOOK_TOML: &str = r#"[book]
id = "generated"
version = "1"
languages = ["fi"]
title = { fi = "Generoitu kirja" }
"#;

/// Chapters (`luku-NN`) in one part (`osa-NN`).
const CHAPTERS_PER_PART: usize = 15;

/// Sections that every page has at least: links may name `#kohta-1` up to this number.
const LEAST_SECTIONS: usize = 5;

/// A page with a code block comes once in this many pages.
const CODE_EVERY: usize = 5;

/// Seeds of the separate random streams, so that one never follows another.
mod stream {
    /// Sizes of chapters.
    pub const LAYOUT: u64 = 0x6c61_796f_7574;
    /// Titles of pages and sections; apart from the text, as links need other pages' titles.
    pub const TITLE: u64 = 0x74_6974_6c65;
    /// Text of pages.
    pub const TEXT: u64 = 0x7465_7874;
}

/// The inflected forms of nouns: nominative, genitive, partitive, an inner and an outer
/// local case, plural nominative, plural partitive.
const NOUNS: [&str; 96] = [
    "palvelu palvelun palvelua palvelussa palveluun palvelut palveluja",
    "asiakas asiakkaan asiakasta asiakkaassa asiakkaalle asiakkaat asiakkaita",
    "ohje ohjeen ohjetta ohjeessa ohjeeseen ohjeet ohjeita",
    "hakemus hakemuksen hakemusta hakemuksessa hakemukseen hakemukset hakemuksia",
    "tieto tiedon tietoa tiedossa tietoon tiedot tietoja",
    "tuki tuen tukea tuessa tukeen tuet tukia",
    "työ työn työtä työssä työhön työt töitä",
    "laite laitteen laitetta laitteessa laitteelle laitteet laitteita",
    "kone koneen konetta koneessa koneella koneet koneita",
    "puhelin puhelimen puhelinta puhelimessa puhelimella puhelimet puhelimia",
    "verkko verkon verkkoa verkossa verkkoon verkot verkkoja",
    "päätös päätöksen päätöstä päätöksessä päätökseen päätökset päätöksiä",
    "neuvonta neuvonnan neuvontaa neuvonnassa neuvontaan neuvonnat neuvontoja",
    "tunnus tunnuksen tunnusta tunnuksessa tunnuksella tunnukset tunnuksia",
    "salasana salasanan salasanaa salasanassa salasanalla salasanat salasanoja",
    "lomake lomakkeen lomaketta lomakkeessa lomakkeella lomakkeet lomakkeita",
    "liite liitteen liitettä liitteessä liitteeseen liitteet liitteitä",
    "valtuus valtuuden valtuutta valtuudessa valtuudella valtuudet valtuuksia",
    "henkilö henkilön henkilöä henkilössä henkilölle henkilöt henkilöitä",
    "kunta kunnan kuntaa kunnassa kuntaan kunnat kuntia",
    "alue alueen aluetta alueessa alueella alueet alueita",
    "kirjasto kirjaston kirjastoa kirjastossa kirjastoon kirjastot kirjastoja",
    "piste pisteen pistettä pisteessä pisteellä pisteet pisteitä",
    "viesti viestin viestiä viestissä viestiin viestit viestejä",
    "posti postin postia postissa postiin postit posteja",
    "laki lain lakia laissa lakiin lait lakeja",
    "oikeus oikeuden oikeutta oikeudessa oikeuteen oikeudet oikeuksia",
    "velvollisuus velvollisuuden velvollisuutta velvollisuudessa velvollisuuteen velvollisuudet velvollisuuksia",
    "ratkaisu ratkaisun ratkaisua ratkaisussa ratkaisuun ratkaisut ratkaisuja",
    "ongelma ongelman ongelmaa ongelmassa ongelmaan ongelmat ongelmia",
    "kysymys kysymyksen kysymystä kysymyksessä kysymykseen kysymykset kysymyksiä",
    "vastaus vastauksen vastausta vastauksessa vastaukseen vastaukset vastauksia",
    "tilanne tilanteen tilannetta tilanteessa tilanteeseen tilanteet tilanteita",
    "tapaus tapauksen tapausta tapauksessa tapaukseen tapaukset tapauksia",
    "käynti käynnin käyntiä käynnissä käyntiin käynnit käyntejä",
    "varaus varauksen varausta varauksessa varaukseen varaukset varauksia",
    "aika ajan aikaa ajassa aikaan ajat aikoja",
    "maksu maksun maksua maksussa maksuun maksut maksuja",
    "lasku laskun laskua laskussa laskuun laskut laskuja",
    "pankki pankin pankkia pankissa pankkiin pankit pankkeja",
    "tili tilin tiliä tilissä tilille tilit tilejä",
    "kortti kortin korttia kortissa kortille kortit kortteja",
    "sopimus sopimuksen sopimusta sopimuksessa sopimukseen sopimukset sopimuksia",
    "suostumus suostumuksen suostumusta suostumuksessa suostumukseen suostumukset suostumuksia",
    "tallenne tallenteen tallennetta tallenteessa tallenteelle tallenteet tallenteita",
    "rekisteri rekisterin rekisteriä rekisterissä rekisteriin rekisterit rekistereitä",
    "järjestelmä järjestelmän järjestelmää järjestelmässä järjestelmään järjestelmät järjestelmiä",
    "ohjelma ohjelman ohjelmaa ohjelmassa ohjelmaan ohjelmat ohjelmia",
    "sovellus sovelluksen sovellusta sovelluksessa sovellukseen sovellukset sovelluksia",
    "päivitys päivityksen päivitystä päivityksessä päivitykseen päivitykset päivityksiä",
    "asetus asetuksen asetusta asetuksessa asetukseen asetukset asetuksia",
    "näyttö näytön näyttöä näytössä näytölle näytöt näyttöjä",
    "tulostin tulostimen tulostinta tulostimessa tulostimelle tulostimet tulostimia",
    "tiedosto tiedoston tiedostoa tiedostossa tiedostoon tiedostot tiedostoja",
    "kansio kansion kansiota kansiossa kansioon kansiot kansioita",
    "sivu sivun sivua sivussa sivulle sivut sivuja",
    "selain selaimen selainta selaimessa selaimella selaimet selaimia",
    "yhteys yhteyden yhteyttä yhteydessä yhteyteen yhteydet yhteyksiä",
    "häiriö häiriön häiriötä häiriössä häiriöön häiriöt häiriöitä",
    "ilmoitus ilmoituksen ilmoitusta ilmoituksessa ilmoitukseen ilmoitukset ilmoituksia",
    "todistus todistuksen todistusta todistuksessa todistukseen todistukset todistuksia",
    "selvitys selvityksen selvitystä selvityksessä selvitykseen selvitykset selvityksiä",
    "käsittely käsittelyn käsittelyä käsittelyssä käsittelyyn käsittelyt käsittelyjä",
    "valitus valituksen valitusta valituksessa valitukseen valitukset valituksia",
    "perhe perheen perhettä perheessä perheelle perheet perheitä",
    "lapsi lapsen lasta lapsessa lapselle lapset lapsia",
    "huoltaja huoltajan huoltajaa huoltajassa huoltajalle huoltajat huoltajia",
    "läheinen läheisen läheistä läheisessä läheiselle läheiset läheisiä",
    "edunvalvoja edunvalvojan edunvalvojaa edunvalvojassa edunvalvojalle edunvalvojat edunvalvojia",
    "työntekijä työntekijän työntekijää työntekijässä työntekijälle työntekijät työntekijöitä",
    "esimies esimiehen esimiestä esimiehessä esimiehelle esimiehet esimiehiä",
    "asiantuntija asiantuntijan asiantuntijaa asiantuntijassa asiantuntijalle asiantuntijat asiantuntijoita",
    "tulkki tulkin tulkkia tulkissa tulkille tulkit tulkkeja",
    "kieli kielen kieltä kielessä kielellä kielet kieliä",
    "sana sanan sanaa sanassa sanalla sanat sanoja",
    "selite selitteen selitettä selitteessä selitteellä selitteet selitteitä",
    "ikä iän ikää iässä ikään iät ikiä",
    "osoite osoitteen osoitetta osoitteessa osoitteeseen osoitteet osoitteita",
    "asunto asunnon asuntoa asunnossa asuntoon asunnot asuntoja",
    "koulu koulun koulua koulussa kouluun koulut kouluja",
    "kurssi kurssin kurssia kurssissa kurssille kurssit kursseja",
    "koulutus koulutuksen koulutusta koulutuksessa koulutukseen koulutukset koulutuksia",
    "eläke eläkkeen eläkettä eläkkeessä eläkkeelle eläkkeet eläkkeitä",
    "avustus avustuksen avustusta avustuksessa avustukseen avustukset avustuksia",
    "terveys terveyden terveyttä terveydessä terveyteen terveydet terveyksiä",
    "lääke lääkkeen lääkettä lääkkeessä lääkkeelle lääkkeet lääkkeitä",
    "resepti reseptin reseptiä reseptissä reseptille reseptit reseptejä",
    "turva turvan turvaa turvassa turvaan turvat turvia",
    "riski riskin riskiä riskissä riskiin riskit riskejä",
    "vastuu vastuun vastuuta vastuussa vastuuseen vastuut vastuita",
    "toimija toimijan toimijaa toimijassa toimijalle toimijat toimijoita",
    "verkosto verkoston verkostoa verkostossa verkostoon verkostot verkostoja",
    "hanke hankkeen hanketta hankkeessa hankkeeseen hankkeet hankkeita",
    "mittari mittarin mittaria mittarissa mittarille mittarit mittareita",
    "seuranta seurannan seurantaa seurannassa seurantaan seurannat seurantoja",
    "kehitys kehityksen kehitystä kehityksessä kehitykseen kehitykset kehityksiä",
];

/// First parts of compound words.
#[rustfmt::skip]
const FIRST_PARTS: [&str; 112] = [
    "asiakas", "palvelu", "asiointi", "tieto", "verkko", "digi", "sähkö", "puhelin", "kirjasto",
    "kunta", "alue", "hyvinvointi", "terveys", "sosiaali", "nuoriso", "vanhus", "perhe", "lapsi",
    "työ", "koulu", "opiskelu", "oppi", "kurssi", "tunnistautumis", "valtuutus", "suostumus",
    "henkilö", "kansalais", "asukas", "vero", "eläke", "toimeentulo", "asumis", "laskutus", "maksu",
    "pankki", "kortti", "tili", "posti", "viesti", "liite", "lomake", "hakemus", "päätös", "muutos",
    "oikaisu", "valitus", "käsittely", "määrä", "ajan", "varaus", "ryhmä", "etä", "lähi", "koti",
    "piste", "toimisto", "vastaanotto", "neuvonta", "ohjaus", "tuki", "apu", "vara", "perus",
    "jatko", "lisä", "yhteis", "kunnan", "maan", "valtion", "kansallis", "rekisteri", "arkisto",
    "tallennus", "tulostus", "skannaus", "kuva", "ääni", "video", "selko", "viitto", "käännös",
    "tulkkaus", "kieli", "saavutettavuus", "turva", "tietosuoja", "tietoturva", "vastuu", "laatu",
    "seuranta", "mittaus", "arviointi", "kehitys", "hanke", "kokeilu", "yhteistyö", "sidosryhmä",
    "järjestö", "vapaaehtois", "vertais", "mobiili", "selain", "ohjelmisto", "laite", "näyttö",
    "kone", "käyttö", "huolto", "kunnossapito", "liikenne", "ympäristö",
];

/// Verb forms.
#[rustfmt::skip]
const VERBS: [&str; 84] = [
    "ohjaa", "neuvoo", "auttaa", "tukee", "kertoo", "tarkistaa", "varmistaa", "kirjaa", "tallentaa",
    "lähettää", "avaa", "sulkee", "hakee", "täyttää", "allekirjoittaa", "tunnistautuu", "kirjautuu",
    "varaa", "peruu", "siirtää", "tulostaa", "lataa", "asentaa", "päivittää", "poistaa", "valitsee",
    "hyväksyy", "hylkää", "käsittelee", "arvioi", "pyytää", "antaa", "saa", "voi", "tarvitsee",
    "haluaa", "osaa", "tietää", "muistaa", "löytää", "selvittää", "sopii", "vastaa", "kysyy",
    "kuuntelee", "odottaa", "jatkaa", "aloittaa", "lopettaa", "opettelee", "oppii", "harjoittelee",
    "näyttää", "selittää", "kuvaa", "koskee", "edellyttää", "vaatii", "sisältää", "perustuu",
    "kuuluu", "liittyy", "johtaa", "muuttuu", "säilyy", "toimii", "puuttuu", "riittää", "ohjataan",
    "neuvotaan", "autetaan", "kirjataan", "tallennetaan", "lähetetään", "tarkistetaan", "varataan",
    "sovitaan", "käsitellään", "arvioidaan", "päivitetään", "tulostetaan", "ilmoitetaan",
    "luovutetaan", "seurataan",
];

/// Adjective forms: of each nominative, genitive, partitive and inessive.
#[rustfmt::skip]
const ADJECTIVES: [&str; 72] = [
    "uusi", "uuden", "uutta", "uudessa", "vanha", "vanhan", "vanhaa", "vanhassa", "sähköinen",
    "sähköisen", "sähköistä", "sähköisessä", "yleinen", "yleisen", "yleistä", "yleisessä",
    "digitaalinen", "digitaalisen", "digitaalista", "digitaalisessa", "henkilökohtainen",
    "henkilökohtaisen", "henkilökohtaista", "henkilökohtaisessa", "oma", "oman", "omaa", "omassa",
    "toinen", "toisen", "toista", "toisessa", "julkinen", "julkisen", "julkista", "julkisessa",
    "salainen", "salaisen", "salaista", "salaisessa", "selkeä", "selkeän", "selkeää", "selkeässä",
    "tarpeellinen", "tarpeellisen", "tarpeellista", "tarpeellisessa", "avoin", "avoimen", "avointa",
    "avoimessa", "maksuton", "maksuttoman", "maksutonta", "maksuttomassa", "turvallinen",
    "turvallisen", "turvallista", "turvallisessa", "tavallinen", "tavallisen", "tavallista",
    "tavallisessa", "keskeneräinen", "keskeneräisen", "keskeneräistä", "keskeneräisessä", "nopea",
    "nopean", "nopeaa", "nopeassa",
];

/// Adverbs, pronouns and other small words.
#[rustfmt::skip]
const SMALL_WORDS: [&str; 70] = [
    "aina", "usein", "joskus", "harvoin", "heti", "myöhemmin", "ensin", "lopuksi", "samalla",
    "yhdessä", "erikseen", "suoraan", "tarvittaessa", "yleensä", "esimerkiksi", "vain", "myös",
    "lisäksi", "kuitenkin", "siksi", "silloin", "täällä", "siellä", "paikan", "päällä", "verkon",
    "kautta", "ennen", "jälkeen", "aikana", "mukaan", "kanssa", "ilman", "puolesta", "vuoksi",
    "avulla", "lisää", "hyvin", "huolellisesti", "selkeästi", "rauhassa", "luottamuksellisesti",
    "kirjallisesti", "suullisesti", "puhelimitse", "välittömästi", "viimeistään", "tämä", "tämän",
    "tätä", "tässä", "se", "sen", "sitä", "siinä", "hän", "hänen", "häntä", "hänelle", "kaikki",
    "kaikkien", "kukaan", "joku", "jokin", "muu", "muut", "itse", "jo", "vielä", "nyt",
];

/// Conjunctions that open a clause after a comma.
#[rustfmt::skip]
const CONJUNCTIONS: [&str; 10] = [
    "että", "koska", "jos", "kun", "vaikka", "mutta", "jotta", "joten", "ellei", "kunnes",
];

/// Orders of word classes in a clause: n a noun as subject, o a noun in any form, v a verb,
/// a an adjective, s a small word.
#[rustfmt::skip]
const CLAUSES: [&str; 12] = [
    "nvao", "nvoso", "svnao", "anvoo", "nvsao", "sovno", "osvn", "nsvaoo", "avno", "nvoao", "ssvno",
    "novs",
];

/// Units that own pages.
#[rustfmt::skip]
const OWNERS: [&str; 9] = [
    "Asiakaspalvelu", "Digituki", "Kirjastopalvelut", "Neuvonta", "Sosiaalipalvelut",
    "Tietohallinto", "Viestintä", "Hallintopalvelut", "Terveyspalvelut",
];

/// Tags of pages.
#[rustfmt::skip]
const TAGS: [&str; 32] = [
    "asiointi", "tunnistautuminen", "valtuudet", "hakemukset", "lomakkeet", "laitteet", "puhelin",
    "tulostus", "verkko", "tietosuoja", "tietoturva", "maksut", "laskutus", "ajanvaraus",
    "neuvonta", "kirjasto", "koulutus", "kieli", "saavutettavuus", "perhe", "lapset", "vanhukset",
    "asuminen", "eläke", "terveys", "resepti", "muutoksenhaku", "arkisto", "viestintä", "vastuut",
    "yhteistyö", "seuranta",
];

/// GitHub's kinds of alert.
#[rustfmt::skip]
const ALERTS: [&str; 5] = [
    "NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION",
];

/// ASCII names for code blocks.
#[rustfmt::skip]
const NAMES: [&str; 36] = [
    "page", "count", "total", "index", "name", "value", "result", "items", "limit", "offset",
    "source", "target", "client", "request", "answer", "state", "config", "title", "length",
    "width", "token", "entry", "record", "field", "buffer", "cursor", "queue", "level", "score",
    "owner", "section", "layer", "digest", "batch", "window", "retry",
];

/// The splitmix64 generator: small, quick, and the same on every machine.
struct Random(u64);

impl Random {
    /// A generator for the `number`-th thing of a stream.
    fn new(stream: u64, number: usize) -> Self {
        let mut random = Self(stream ^ ((number as u64) << 32));
        random.next();
        random
    }

    /// The next 64 random bits.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("below a usize")
    }

    /// A number from `low` to `high`, both included.
    fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True in `percent` of a hundred cases.
    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of the choices, each as likely.
    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    /// One of the choices, the first ones oftener: words of real text are unevenly frequent.
    fn pick_skewed<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len()).min(self.below(choices.len()))]
    }

    /// The choices in a random order.
    fn shuffle<T>(&mut self, choices: &mut [T]) {
        for last in (1..choices.len()).rev() {
            choices.swap(last, self.below(last + 1));
        }
    }

    /// A noun in the given form (a column of [`NOUNS`]), often as a compound.
    fn noun(&mut self, form: usize) -> String {
        let head = self.pick_skewed(&NOUNS).split(' ').nth(form).expect("seven forms");
        match self.below(100) {
            0..=1 => {
                let (outer, inner) = (self.pick_skewed(&FIRST_PARTS), self.pick_skewed(&FIRST_PARTS));
                compound(outer, &compound(inner, head))
            }
            2..=26 => compound(self.pick_skewed(&FIRST_PARTS), head),
            _ => head.to_owned(),
        }
    }

    /// A heading or title of two or three words.
    fn title(&mut self) -> String {
        let mut title = String::new();
        if self.chance(40) {
            title.push_str(ADJECTIVES[self.below(ADJECTIVES.len() / 4) * 4 + 1]);
            title.push(' ');
        }
        title.push_str(&self.noun(1));
        title.push(' ');
        title.push_str(&self.noun(0));
        capitalised(&title)
    }
}

/// Two words as one, with a hyphen between equal vowels as Finnish spells it.
fn compound(first: &str, second: &str) -> String {
    let (last, next) = (first.chars().next_back(), second.chars().next());
    let hyphen = if last == next && last.is_some_and(|letter| "aeiouyäö".contains(letter)) { "-" } else { "" };
    format!("{first}{hyphen}{second}")
}

/// The text with its first letter in upper case.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Where a page stands in the book.
struct Place {
    /// Number of the page, from 1.
    number: usize,
    /// Number of its chapter in the whole book, from 0.
    chapter: usize,
}

/// The places of all pages and of all folders.
struct Layout {
    /// The pages in order.
    places: Vec<Place>,
    /// Digits in the number of a page's file name.
    digits: usize,
}

impl Layout {
    /// Divides pages into chapters of 20 to 40; the last one takes what is left.
    fn new(pages: usize) -> Self {
        let mut places = Vec::with_capacity(pages);
        let mut chapter = 0;
        let mut number = 0;
        while number < pages {
            let size = Random::new(stream::LAYOUT, chapter).between(20, 40);
            for _ in 0..size.min(pages - number) {
                number += 1;
                places.push(Place { number, chapter });
            }
            chapter += 1;
        }
        Self { places, digits: pages.to_string().len().max(4) }
    }

    /// Number of chapters.
    fn chapters(&self) -> usize {
        self.places.last().map_or(0, |place| place.chapter + 1)
    }

    /// Number of parts.
    fn parts(&self) -> usize {
        self.chapters().div_ceil(CHAPTERS_PER_PART)
    }

    /// The folder of a chapter below the content folder.
    fn chapter_folder(chapter: usize) -> String {
        format!("osa-{:02}/luku-{:02}", chapter / CHAPTERS_PER_PART + 1, chapter % CHAPTERS_PER_PART + 1)
    }

    /// The file name of a page in its chapter's folder.
    fn file_name(&self, place: &Place) -> String {
        format!("sivu-{:0width$}.md", place.number, width = self.digits)
    }

    /// A relative link from one page to another's source file.
    fn link(&self, from: &Place, to: &Place) -> String {
        let name = self.file_name(to);
        if from.chapter == to.chapter {
            return name;
        }
        let folder = Self::chapter_folder(to.chapter);
        if from.chapter / CHAPTERS_PER_PART == to.chapter / CHAPTERS_PER_PART {
            let chapter = folder.split_once('/').expect("a part and a chapter").1;
            return format!("../{chapter}/{name}");
        }
        format!("../../{folder}/{name}")
    }
}

/// The title of a page: unique, as it ends in the page's number.
fn page_title(number: usize) -> String {
    format!("{} {number}", Random::new(stream::TITLE, number).title())
}

/// Text of a page while it grows.
struct Writer<'a> {
    /// The book's places, for links.
    layout: &'a Layout,
    /// The page being written.
    place: &'a Place,
    /// The page's random stream.
    random: Random,
    /// The Markdown so far.
    text: String,
    /// Words of prose so far.
    words: usize,
    /// Links still to be written.
    links: usize,
}

impl Writer<'_> {
    /// Adds a word of the class (see [`CLAUSES`]); now and then emphasised.
    fn word(&mut self, class: u8, first: bool) {
        let form = self.random.below(7);
        let word = match class {
            b'n' => self.random.noun(if form < 5 { 0 } else { 5 }),
            b'o' => self.random.noun(form),
            b'v' => self.random.pick_skewed(&VERBS).to_owned(),
            b'a' => self.random.pick_skewed(&ADJECTIVES).to_owned(),
            _ => self.random.pick_skewed(&SMALL_WORDS).to_owned(),
        };
        let word = if first { capitalised(&word) } else { word };
        match self.random.below(200) {
            0..=1 => write!(self.text, "**{word}**"),
            2..=3 => write!(self.text, "*{word}*"),
            4 => write!(self.text, "`{}-{}`", self.random.pick(&NAMES), self.random.below(1000)),
            _ => write!(self.text, "{word}"),
        }
        .expect("writing to a string");
        self.words += 1;
    }

    /// Adds a sentence of one or two clauses, without a space after it.
    fn sentence(&mut self) {
        for clause in 0..self.random.between(1, 2) {
            if clause > 0 {
                self.text.push_str(", ");
                self.text.push_str(self.random.pick(&CONJUNCTIONS));
                self.words += 1;
            }
            for (at, class) in self.random.pick(&CLAUSES).bytes().enumerate() {
                if clause + at > 0 {
                    self.text.push(' ');
                }
                self.word(class, clause == 0 && at == 0);
            }
        }
        self.text.push('.');
    }

    /// Adds a sentence with a link to a section of some page, half of them in the same chapter.
    fn link(&mut self) {
        let places = &self.layout.places;
        let mut target = self.random.below(places.len());
        if self.random.chance(50) {
            let own = self.place.number - 1;
            let near = (own + self.random.between(1, 10)) % places.len();
            if places[near].chapter == self.place.chapter {
                target = near;
            }
        }
        let target = &places[target];
        let title = page_title(target.number);
        let href = self.layout.link(self.place, target);
        let section = self.random.between(1, LEAST_SECTIONS);
        write!(self.text, "Katso myös [{title}]({href}#kohta-{section}).").expect("writing to a string");
        self.words += 2 + title.split(' ').count();
        self.links -= 1;
    }

    /// Adds a paragraph of at least `least` words; one in two carries a link while some are due.
    fn paragraph(&mut self, least: usize) {
        let end = self.words + least;
        self.sentence();
        if self.links > 0 && self.random.chance(50) {
            self.text.push(' ');
            self.link();
        }
        while self.words < end {
            self.text.push(' ');
            self.sentence();
        }
        self.text.push_str("\n\n");
    }

    /// Adds a heading of the level with its id.
    fn heading(&mut self, level: usize, id: &str) {
        let title = self.random.title();
        writeln!(self.text, "{} {title} {{#{id}}}\n", &"######"[..level]).expect("writing to a string");
        self.words += title.split(' ').count();
    }

    /// Adds a list, ordered or not.
    fn list(&mut self, ordered: bool) {
        for item in 1..=self.random.between(3, 5) {
            if ordered {
                write!(self.text, "{item}. ").expect("writing to a string");
            } else {
                self.text.push_str("- ");
            }
            self.sentence();
            self.text.push('\n');
        }
        self.text.push('\n');
    }

    /// Adds an alert of one paragraph.
    fn alert(&mut self) {
        let kind = self.random.pick(&ALERTS);
        write!(self.text, "> [!{kind}]\n> ").expect("writing to a string");
        self.sentence();
        self.text.push_str("\n> ");
        self.sentence();
        self.text.push_str("\n\n");
    }

    /// Adds a table of three columns.
    fn table(&mut self) {
        for row in 0..=self.random.between(3, 5) {
            for classes in ["n", "ao", "vo"] {
                self.text.push_str("| ");
                for (at, class) in classes.bytes().enumerate() {
                    self.word(class, at == 0);
                    self.text.push(' ');
                }
            }
            self.text.push_str("|\n");
            if row == 0 {
                self.text.push_str("| --- | :-- | --: |\n");
            }
        }
        self.text.push('\n');
    }

    /// Adds a fenced code block of 8 to 15 lines.
    fn code(&mut self) {
        let lines = self.random.between(8, 15);
        let random = &mut self.random;
        let text = &mut self.text;
        let language = random.pick(&["rust", "python", "yaml", "json", "bash"]);
        writeln!(text, "```{language}").expect("writing to a string");
        for line in 1..=lines {
            let (a, b, number) = (random.pick(&NAMES), random.pick(&NAMES), random.below(10_000));
            let kind = random.below(4);
            match (language, line, kind) {
                ("rust", 1, _) => writeln!(text, "fn {a}_{number}(mut {b}: u64) -> Result<u64, String> {{"),
                ("rust", _, _) if line == lines => writeln!(text, "}}"),
                ("rust", _, _) if line + 1 == lines => writeln!(text, "    Ok({number})"),
                ("rust", _, 0) => writeln!(text, "    let {a} = {b}.wrapping_add({number});"),
                ("rust", _, 1) => writeln!(text, "    // {a} before {b}"),
                ("rust", _, 2) => writeln!(text, "    println!(\"{a}: {{}}\", {number}_u32);"),
                ("rust", _, _) => writeln!(text, "    if {a} > {number} {{ return Err(\"{b}\".to_owned()); }}"),
                ("python", 1, _) => writeln!(text, "def {a}_{number}({b}, limit={number}):"),
                ("python", _, _) if line == lines => writeln!(text, "    return {a}"),
                ("python", _, 0) => writeln!(text, "    {a} = [{b} for {b} in range({number})]"),
                ("python", _, 1) => writeln!(text, "    # {a} before {b}"),
                ("python", _, 2) => writeln!(text, "    print(f\"{a}: {{{b}}}\", {number})"),
                ("python", _, _) => writeln!(text, "    {a}[\"{b}\"] = {number} if {b} is None else \"{a}\""),
                ("yaml", _, 0) => writeln!(text, "{a}-{line}: {number}"),
                ("yaml", _, 1) => writeln!(text, "{a}-{line}: \"{b}\"  # {number}"),
                ("yaml", _, 2) => writeln!(text, "{a}-{line}: [{b}, true, null]"),
                ("yaml", _, _) => writeln!(text, "{a}-{line}: {{{b}: {number}}}"),
                ("json", 1, _) => writeln!(text, "{{"),
                ("json", _, _) if line == lines => writeln!(text, "}}"),
                ("json", _, _) if line + 1 == lines => writeln!(text, "  \"{a}-{line}\": {number}"),
                ("json", _, 0) => writeln!(text, "  \"{a}-{line}\": {number},"),
                ("json", _, 1) => writeln!(text, "  \"{a}-{line}\": \"{b}\","),
                ("json", _, 2) => writeln!(text, "  \"{a}-{line}\": [\"{b}\", true, null],"),
                ("json", _, _) => writeln!(text, "  \"{a}-{line}\": {{ \"{b}\": {number} }},"),
                (_, 1, _) => writeln!(text, "#!/bin/bash"),
                (_, _, 0) => writeln!(text, "{a}={number}"),
                (_, _, 1) => writeln!(text, "echo \"{a}: ${b}\" >> {a}.log"),
                (_, _, 2) => writeln!(text, "if [ -f {a}.txt ]; then cat {a}.txt | sort -n; fi"),
                (_, _, _) => writeln!(text, "for {a} in $(seq {number}); do echo \"${a}\"; done"),
            }
            .expect("writing to a string");
        }
        text.push_str("```\n\n");
    }

    /// Adds the whole body: sections up to about 750 words, with one of every kind of block.
    fn body(&mut self) {
        let least = self.random.between(700, 770);
        self.paragraph(35);
        let mut blocks = [b'b', b'o', b'a', b't', b'c'];
        self.random.shuffle(&mut blocks);
        let mut section = 0;
        while section < LEAST_SECTIONS || self.words + 60 < least {
            section += 1;
            self.heading(2, &format!("kohta-{section}"));
            self.paragraph(30);
            match blocks.get(section - 1) {
                Some(b'b') => self.list(false),
                Some(b'o') => self.list(true),
                Some(b'a') => self.alert(),
                Some(b't') => self.table(),
                Some(b'c') if self.place.number.is_multiple_of(CODE_EVERY) => self.code(),
                _ => self.paragraph(25),
            }
            for part in 1..=self.random.between(1, 2) {
                self.heading(3, &format!("kohta-{section}-{part}"));
                self.paragraph(30);
            }
        }
        while self.words < least {
            self.paragraph(20);
        }
        while self.links > 0 {
            self.link();
            self.text.push_str("\n\n");
        }
        self.text.truncate(self.text.trim_end().len());
        self.text.push('\n');
    }
}

/// The text of a page: front matter, which both programs understand, and the body.
fn page_text(layout: &Layout, place: &Place) -> String {
    let mut random = Random::new(stream::TEXT, place.number);
    let title = page_title(place.number);
    let owner = random.pick(&OWNERS);
    let (year, month, day) = (random.between(2024, 2026), random.between(1, 12), random.between(1, 28));
    let mut tags: Vec<&str> = (0..random.between(2, 4)).map(|_| random.pick(&TAGS)).collect();
    tags.sort_unstable();
    tags.dedup();
    let links = random.between(3, 6);
    let mut writer = Writer { layout, place, random, text: String::with_capacity(10_000), words: 0, links };
    writer.text.push_str("---\n");
    write!(writer.text, "title: {title}\nsummary: ").expect("writing to a string");
    let summary = writer.text.len();
    writer.sentence();
    // Emphasis and code belong to the body: a summary is plain text.
    let plain = writer.text.split_off(summary).replace(['*', '`'], "");
    writer.words = 0;
    writer.text.push_str(&plain);
    write!(
        writer.text,
        "\nowner: {owner}\nreviewed: {year}-{month:02}-{day:02}\nreview-by: {}-{month:02}-{day:02}\ntags: [{}]\n---\n\n",
        year + 2,
        tags.join(", "),
    )
    .expect("writing to a string");
    writer.body();
    writer.text
}

/// A section page's text; `kind` is opas's own key, so Hugo's page goes without.
fn section_text(title: &str, hugo: bool) -> String {
    let kind = if hugo { "" } else { "kind: section\n" };
    format!("---\ntitle: {title}\n{kind}---\n\n{title} sisältää seuraavat sivut.\n")
}

/// Writes a content tree: the front page, the section pages and the pages.
fn write_content(layout: &Layout, content: &Path, hugo: bool) -> std::io::Result<()> {
    let index = if hugo { "_index.md" } else { "index.md" };
    fs::create_dir_all(content)?;
    fs::write(content.join(index), "---\ntitle: Generoitu kirja\n---\n\nKirja on tehty mittaamista varten.\n")?;
    for part in 1..=layout.parts() {
        let folder = content.join(format!("osa-{part:02}"));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(index), section_text(&format!("Osa {part:02}"), hugo))?;
    }
    for chapter in 0..layout.chapters() {
        let folder = content.join(Layout::chapter_folder(chapter));
        fs::create_dir_all(&folder)?;
        let (part, number) = (chapter / CHAPTERS_PER_PART + 1, chapter % CHAPTERS_PER_PART + 1);
        fs::write(folder.join(index), section_text(&format!("Osa {part:02} luku {number:02}"), hugo))?;
    }
    layout.places.par_iter().try_for_each(|place| {
        let folder = content.join(Layout::chapter_folder(place.chapter));
        fs::write(folder.join(layout.file_name(place)), page_text(layout, place))
    })
}

/// Copies the Hugo configuration and layouts of the repository into the site.
fn copy_theme(site: &Path) -> Result<(), Box<dyn Error>> {
    let theme = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/hugo");
    for entry in walkdir::WalkDir::new(&theme).min_depth(1) {
        let entry = entry?;
        let target = site.join(entry.path().strip_prefix(&theme)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Makes the folder, or fails where it already holds something.
fn empty_folder(folder: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    if fs::read_dir(folder)?.next().is_some() {
        return Err(format!("{} is not empty", folder.display()).into());
    }
    Ok(())
}

/// Writes what the command line asks for.
fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let layout = Layout::new(arguments.pages.get());
    empty_folder(&arguments.out)?;
    fs::write(arguments.out.join("book.toml"), BOOK_TOML)?;
    write_content(&layout, &arguments.out.join("content/fi"), false)?;
    if let Some(site) = &arguments.hugo {
        empty_folder(site)?;
        copy_theme(site)?;
        write_content(&layout, &site.join("content"), true)?;
    }
    Ok(())
}
