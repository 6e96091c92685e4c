//! What a token is narrowed to: the part of the form behind *More options*, and in plain words what
//! comes of it. What is right or wrong with it is decided by whoever receives the form.

use maud::{Markup, html};
use rondo_domain::Permissions;
use rondo_domain::token::{Network, Preset, Reach};

use super::{
    chrome::Chrome,
    form::{self, Choice, Field, Kind, Problem},
    locale::Locale,
    moment,
};

/// What was chosen and typed. Fields: `rights`, `projects`, `expires`, `end`, `networks`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narrowing {
    /// The set of rights; of a personal token only.
    pub preset: Preset,
    /// Names of projects, one a line; empty: all.
    pub projects: String,
    /// How long it lives.
    pub life: Life,
    /// A day and time in UTC, as the browser writes it: the end of [`Life::Until`].
    pub end: String,
    /// Networks, one a line; empty: any.
    pub networks: String,
}

impl Default for Narrowing {
    fn default() -> Self {
        Self {
            preset: Preset::Everything,
            projects: String::new(),
            life: Life::Endless,
            end: String::new(),
            networks: String::new(),
        }
    }
}

/// How long a token lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// Until it is deleted.
    Endless,
    /// So many days.
    Days(i64),
    /// Until a moment.
    Until,
}

impl Life {
    /// What the drop-down offers.
    pub const ALL: [Self; 7] = [
        Self::Endless,
        Self::Days(1),
        Self::Days(7),
        Self::Days(30),
        Self::Days(90),
        Self::Days(365),
        Self::Until,
    ];

    /// Those that a policy leaves.
    pub fn within(max_days: Option<i64>) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |life| match (life, max_days) {
            (_, None) | (Self::Until, _) => true,
            (Self::Endless, Some(_)) => false,
            (Self::Days(days), Some(most)) => *days <= most,
        })
    }

    /// What is chosen where nobody chose: no end, or the latest that a policy leaves.
    pub fn unchosen(max_days: Option<i64>) -> Self {
        match max_days {
            None => Self::Endless,
            Some(_) => Self::within(max_days)
                .filter(|life| matches!(life, Self::Days(_)))
                .last()
                .unwrap_or(Self::Until),
        }
    }

    /// Its word in the form.
    pub fn word(self) -> String {
        match self {
            Self::Endless => "never".to_owned(),
            Self::Days(days) => days.to_string(),
            Self::Until => "date".to_owned(),
        }
    }

    /// What the drop-down calls it.
    pub fn label(self, locale: Locale) -> String {
        let words = &locale.text().narrowing;
        match self {
            Self::Endless => words.endless.to_owned(),
            Self::Days(days) => (words.days)(days),
            Self::Until => words.until_date.to_owned(),
        }
    }

    /// The life of a word; an empty one is endless.
    pub fn from_word(word: &str) -> Option<Self> {
        if word.is_empty() {
            return Some(Self::Endless);
        }
        Self::ALL.into_iter().find(|life| life.word() == word)
    }
}

/// Whose token is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// A person's: rights and projects can be chosen.
    Person,
    /// A project's, or of a service account that a project has: what it may do is chosen elsewhere, and a
    /// policy says how many days it may live.
    Project(Option<i64>),
    /// Of a service account that an organization has: projects can be chosen too.
    Organization(Option<i64>),
}

impl Whose {
    fn max_days(self) -> Option<i64> {
        match self {
            Self::Person => None,
            Self::Project(max_days) | Self::Organization(max_days) => max_days,
        }
    }
}

/// The options, folded away while nobody has chosen any. `says` is what the token will be able to do;
/// empty for a project's.
pub(super) fn options(
    chrome: &Chrome,
    whose: Whose,
    view: &Narrowing,
    (says, problems): (&str, &[Problem]),
) -> Markup {
    let words = &chrome.text().narrowing;
    let own = ["rights", "projects", "expires", "end", "networks"];
    let wrong = problems.iter().any(|problem| own.contains(&problem.field));
    let hint = match whose {
        Whose::Organization(_) => chrome.text().service.projects_hint,
        Whose::Person | Whose::Project(_) => words.projects_hint,
    };
    let networks = Field::new(chrome, Kind::Lines, "networks", words.networks)
        .hint(words.networks_hint)
        .value(&view.networks)
        .problems(problems)
        .optional();
    html! {
        @if whose == Whose::Person {
            // Enter in a field presses a form's first button, which must not be the one below.
            button.unseen type="submit" tabindex="-1" aria-hidden="true" {}
        }
        details.more open[wrong || *view != Narrowing::default() || whose.max_days().is_some()] {
            summary { (words.more) }
            @if whose == Whose::Person {
                (presets(chrome, view, problems))
            }
            @if !matches!(whose, Whose::Project(_)) {
                (Field::new(chrome, Kind::Lines, "projects", words.projects).hint(hint)
                    .value(&view.projects).problems(problems).optional())
            }
            (lives(chrome, view, (whose.max_days(), problems)))
            (networks)
            @if whose == Whose::Person {
                p.says role="status" data-says { (says) }
                button.button.review type="submit" name="review" value="yes" formnovalidate { (words.review) }
            }
        }
    }
}

fn presets(chrome: &Chrome, view: &Narrowing, problems: &[Problem]) -> Markup {
    let words = &chrome.text().narrowing;
    let options = Preset::ALL.map(|preset| {
        let (label, hint) = words.preset(preset);
        Choice { value: preset.word(), label, hint, chosen: preset == view.preset }
    });
    form::choices("rights", words.rights, &options, problems)
}

fn lives(
    chrome: &Chrome,
    view: &Narrowing,
    (max_days, problems): (Option<i64>, &[Problem]),
) -> Markup {
    let words = &chrome.text().narrowing;
    let life = match (view.life, max_days) {
        (Life::Endless, Some(_)) => Life::unchosen(max_days),
        (life, _) => life,
    };
    html! {
        div.parts.pair {
            div.field {
                label for="expires" { (words.expires) }
                select #expires name="expires" {
                    @for own in Life::within(max_days) {
                        option value=(own.word()) selected[own == life] { (own.label(chrome.locale)) }
                    }
                }
            }
            (Field::new(chrome, Kind::Moment, "end", words.end).value(&view.end).problems(problems)
                .optional())
        }
    }
}

/// What a token of this reach can do, in one sentence. `projects` are the names of those that
/// it is narrowed to; `everything` and `everywhere` say what it can do, and where, if it is not.
pub fn sentence(
    locale: Locale,
    reach: &Reach,
    projects: &[String],
    (everything, everywhere): (&str, &str),
) -> String {
    let words = &locale.text().narrowing;
    let what = match reach.rights {
        Permissions::EVERY => everything.to_owned(),
        rights => {
            let named = rights.iter().map(|right| words.right(right).to_owned());
            list(locale, named.collect::<Vec<_>>())
        }
    };
    let place = match projects {
        [] => everywhere.to_owned(),
        some => (words.only_in)(&list(locale, some.to_vec())),
    };
    let from = from(locale, reach.networks.listed()).unwrap_or(words.anywhere.to_owned());
    let end = match reach.expires_at {
        None => words.until_deleted.to_owned(),
        Some(end) => (words.until)(&moment::to_the_second(locale, end.0)),
    };
    (words.sentence)(&what, &place, &from, &end)
}

/// Where a token may be used from; none if it is not narrowed.
pub fn from(locale: Locale, networks: Option<&[Network]>) -> Option<String> {
    let networks = networks?.iter().map(ToString::to_string).collect();
    Some((locale.text().narrowing.only_from)(&list(locale, networks)))
}

fn list(locale: Locale, items: Vec<String>) -> String {
    items.join(locale.text().narrowing.comma)
}

/// What a row of a list says of a token beyond its name.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// What it is narrowed to, in words; none if it is not.
    pub says: Option<String>,
    /// The moment from which it is refused.
    pub expires: Option<i64>,
    /// It is disabled.
    pub disabled: bool,
    /// It was not used for a long time.
    pub idle: bool,
    /// Its part in a rotation.
    pub turn: Option<Turn>,
    /// What policies mean for it: of which organization, and in a sentence.
    pub stops: Vec<(String, String)>,
}

/// A token's part in a rotation.
#[derive(Clone, Debug)]
pub enum Turn {
    /// Another one replaces it.
    Leaving {
        /// That one's id.
        successor: String,
        /// When this one ends, as far as is known now.
        end: i64,
        /// That one was used.
        taken_up: bool,
        /// Who uses this one nevertheless: program and address.
        still: Option<(String, String)>,
    },
    /// It replaces another one.
    Coming {
        /// That one's id.
        predecessor: String,
        /// When that one ends, as far as is known now.
        end: i64,
    },
}

impl Turn {
    /// What it means, in words.
    pub(super) fn says(&self, chrome: &Chrome) -> Markup {
        let words = &chrome.text().token;
        let moment = |end: i64| moment::to_the_second(chrome.locale, end);
        html! {
            @match self {
                Self::Leaving { successor, end, taken_up, still } => {
                    span.under { ((words.leaving)(successor, &moment(*end))) }
                    @if !taken_up { span.under { (words.not_taken_up) } }
                    @if let Some((agent, address)) = still {
                        span.under.care { ((words.still)(agent, address)) }
                    }
                }
                Self::Coming { predecessor, end } => {
                    span.under { ((words.coming)(predecessor, &moment(*end))) }
                }
            }
        }
    }
}

impl Standing {
    /// Marks of what stops it, and that nobody uses it.
    pub(super) fn marks(&self, chrome: &Chrome) -> Markup {
        html! {
            @if self.disabled { span.tag.bad { (chrome.text().narrowing.disabled) } }
            @if self.idle { span.tag { (chrome.text().token.idle) } }
        }
    }

    /// The second line below a token's name, with its marks.
    pub(super) fn under(&self, chrome: &Chrome) -> Markup {
        html! {
            (self.marks(chrome))
            @if let Some(says) = &self.says { span.under { (says) } }
            @for (_, stop) in &self.stops { span.under.care { (stop) } }
            @if let Some(turn) = &self.turn { (turn.says(chrome)) }
        }
    }

    /// When it ends.
    pub(super) fn end(&self, chrome: &Chrome) -> Markup {
        let words = &chrome.text().narrowing;
        html! {
            @match self.expires {
                None => span.quiet { (words.endless) },
                Some(end) => span.end {
                    @if end <= chrome.now { span.tag.bad { (words.expired) } " " }
                    (moment::local(chrome, end))
                }
            }
        }
    }

    /// The button that stops it for a while, or lets it go on. `place` is where the token is.
    pub(super) fn switch(&self, chrome: &Chrome, place: &str, name: &str) -> Markup {
        let words = &chrome.text().narrowing;
        let (word, action, label) = match self.disabled {
            true => (words.enable, "enable", (words.enable_named)(name)),
            false => (words.disable, "disable", (words.disable_named)(name)),
        };
        let button = html! { button.button.small type="submit" aria-label=(label) { (word) } };
        form::post(chrome, &format!("{place}/{action}"), &button)
    }
}
