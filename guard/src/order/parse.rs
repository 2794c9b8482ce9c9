//! From a line to an order.

use super::line::Line;
use super::verb::{Takes, Verb};
use super::{Order, Place, Shown, Target};
use crate::fix::FixKind;
use crate::ids::{BadName, DeploymentId, Environment, IncidentId, ServiceName, Version};
use crate::input::Command;

/// Words that may stand before an environment.
const IN: [&str; 3] = ["in", "@", "--environment"];

/// Words by which somebody means to go past the rules of who may.
const GLASS: [&str; 4] = ["break-glass", "--break-glass", "breakglass", "破窗"];

/// Words that may stand before a commit.
const SUSPECT: [&str; 6] = ["suspect", "--suspect", "commit", "--commit", "嫌疑", "提交"];

/// Words that may stand before the number of an answer.
const ANSWER: [&str; 2] = ["answer", "回答"];

/// What may be opened.
const OPEN: [&str; 3] = ["open", "打开", "发起"];

/// Why a line is no order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotUnderstood {
    /// There is no such verb.
    #[error("`{word}` is no command")]
    NoVerb {
        /// What was said; at most 40 characters.
        word: String,
        /// What was probably meant.
        near: Option<Verb>,
    },
    /// Something is missing behind the verb.
    #[error("`{}` needs more", verb.as_str())]
    Incomplete {
        /// The verb.
        verb: Verb,
    },
    /// Something stands there that has no meaning.
    #[error("`{word}` has no place in `{}`", verb.as_str())]
    TooMuch {
        /// The verb.
        verb: Verb,
        /// The first word that is too much; at most 40 characters.
        word: String,
    },
    /// A name that cannot be one.
    #[error(transparent)]
    BadName(#[from] BadName),
}

/// What is wanted by a line; help where it is empty.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str) -> Result<Order, NotUnderstood> {
    let Line {
        words,
        reason,
        behind,
    } = Line::of(text);
    let mut words = words.into_iter().peekable();
    let Some(first) = words.next() else {
        return Ok(Order::Help(None));
    };
    let first = first_of(first, &mut words);
    let Some(verb) = Verb::of(&first) else {
        let near = Verb::near(&first);
        return Err(NotUnderstood::NoVerb {
            word: short(&first),
            near,
        });
    };
    if verb.takes() == Takes::Question {
        return question(verb, &behind);
    }
    let mut rest = Rest { verb, words };
    let order = order(&mut rest, reason)?;
    match rest.words.next() {
        Some(word) => Err(NotUnderstood::TooMuch {
            verb,
            word: short(&word),
        }),
        None => Ok(order),
    }
}

/// A question, as it was typed. What stands before it may name a deployment, or a service with its environment.
fn question(verb: Verb, text: &str) -> Result<Order, NotUnderstood> {
    let (first, behind) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let named = first.trim_end_matches([':', ',', '，', '：']);
    let target = if named.starts_with("dep_") {
        Target::Deployment(DeploymentId::new(named)?)
    } else if let Some((service, environment)) = named.split_once('@')
        && let (Ok(service), Ok(environment)) =
            (ServiceName::new(service), Environment::new(environment))
    {
        let environment = Some(environment);
        Target::Of(Place {
            service,
            environment,
        })
    } else {
        Target::Here
    };
    let asked = if target == Target::Here { text } else { behind };
    let quoted = ['"', '“', '”', ' '];
    let asked = asked.trim().trim_start_matches([':', ' ']);
    let question = asked.trim_matches(quoted).to_owned();
    if question.is_empty() {
        return Err(NotUnderstood::Incomplete { verb });
    }
    Ok(Order::Ask { target, question })
}

/// The word by which the order begins. Some are two words to people: `revert pr`, `roll back`.
fn first_of(first: String, words: &mut std::iter::Peekable<std::vec::IntoIter<String>>) -> String {
    let mut first = first;
    if OPEN.contains(&first.to_lowercase().as_str())
        && let Some(opened) = words.next()
    {
        first = opened;
    }
    // Two words, or three: `not this change`.
    while let Some(two) = words.peek().map(|next| format!("{first}-{next}")) {
        if Verb::of(&two).is_none() {
            break;
        }
        words.next();
        first = two;
    }
    first
}

fn short(word: &str) -> String {
    word.chars().take(40).collect()
}

fn order(rest: &mut Rest, reason: Option<String>) -> Result<Order, NotUnderstood> {
    let verb = rest.verb;
    Ok(match verb.takes() {
        Takes::PerhapsService => {
            let place = rest.place()?;
            match verb {
                Verb::Stats => Order::Stats(place),
                Verb::OnCall => Order::OnCall(place),
                Verb::Unfreeze => Order::Unfreeze(place),
                _ => Order::Status(place),
            }
        }
        Takes::PerhapsServiceAndReason => Order::Freeze {
            place: rest.place()?,
            reason,
        },
        Takes::ServiceAndVersion => {
            let (place, version) = rest.place_and_version()?;
            match verb {
                Verb::Watch => Order::Watch(place, version),
                _ => Order::Deploy(place, version),
            }
        }
        Takes::Deployment { .. } => {
            let mut target = rest.target()?;
            let break_glass = rest.breaks_glass();
            if break_glass && target == Target::Here {
                target = rest.target()?;
            }
            match verb {
                Verb::Report => Order::Show(Shown::Report, target),
                Verb::Timeline => Order::Show(Shown::Timeline, target),
                Verb::Why => Order::Show(Shown::Why, target),
                _ => Order::Do {
                    command: command(verb),
                    target,
                    reason,
                    break_glass,
                },
            }
        }
        Takes::Fix => {
            let before = rest.suspect()?;
            let target = if before.is_none() {
                rest.target()?
            } else {
                Target::Here
            };
            Order::Fix {
                kind: match verb {
                    Verb::HotfixPr => FixKind::Hotfix,
                    _ => FixKind::Revert,
                },
                target,
                suspect: before.or(rest.suspect()?),
                reason,
            }
        }
        Takes::Question => return Err(NotUnderstood::Incomplete { verb }),
        Takes::Answer => {
            let target = rest.target_before(&ANSWER)?;
            let said = |word: &String| ANSWER.contains(&word.to_lowercase().as_str());
            let answer = match rest.words.next_if(said) {
                None => None,
                Some(_) => {
                    let number = rest.words.next().and_then(|word| word.parse().ok());
                    Some(number.ok_or(NotUnderstood::Incomplete { verb })?)
                }
            };
            Order::Share { target, answer }
        }
        Takes::Change => Order::Blame {
            change: Some(rest.change()?),
            target: rest.target()?,
            note: reason,
        },
        Takes::Opinion => {
            let target = rest.target()?;
            match verb {
                Verb::Useful | Verb::NotUseful => Order::Rate {
                    useful: verb == Verb::Useful,
                    target,
                    note: reason,
                },
                _ => Order::Blame {
                    change: None,
                    target,
                    note: reason,
                },
            }
        }
        Takes::PerhapsIncidentAndReason => Order::Close {
            incident: rest.words.next().map(IncidentId::new).transpose()?,
            reason,
        },
        Takes::PerhapsCode => Order::Link(rest.words.next()),
        Takes::Nothing => Order::Unlink,
        Takes::PerhapsVerb => {
            let about = rest.words.next();
            let verb = about.as_deref().map(|word| {
                Verb::of(word).ok_or_else(|| NotUnderstood::NoVerb {
                    word: short(word),
                    near: Verb::near(word),
                })
            });
            Order::Help(verb.transpose()?)
        }
    })
}

fn command(verb: Verb) -> Command {
    match verb {
        Verb::Rollback => Command::Rollback,
        Verb::Resume => Command::Resume,
        Verb::Hold => Command::Hold,
        Verb::Promote => Command::Promote,
        Verb::Abandon => Command::Abandon,
        _ => Command::Pause,
    }
}

/// What stands behind the verb.
struct Rest {
    verb: Verb,
    words: std::iter::Peekable<std::vec::IntoIter<String>>,
}

impl Rest {
    /// `shop`, `shop@prod`, `shop in prod`.
    fn place(&mut self) -> Result<Option<Place>, NotUnderstood> {
        let Some(word) = self.words.next() else {
            return Ok(None);
        };
        let (service, environment) = match word.split_once(['@', '/']) {
            Some((service, environment)) => (service, Some(environment.to_owned())),
            None => (word.as_str(), self.environment()?),
        };
        Ok(Some(Place {
            service: ServiceName::new(service)?,
            environment: environment.map(Environment::new).transpose()?,
        }))
    }

    fn environment(&mut self) -> Result<Option<String>, NotUnderstood> {
        let said = |word: &String| IN.contains(&word.to_lowercase().as_str());
        if self.words.next_if(said).is_none() {
            return Ok(None);
        }
        let verb = self.verb;
        let named = self.words.next();
        named.map(Some).ok_or(NotUnderstood::Incomplete { verb })
    }

    /// `shop v2`, `shop v2 in prod`, `shop@prod v2`.
    fn place_and_version(&mut self) -> Result<(Place, Version), NotUnderstood> {
        let missing = NotUnderstood::Incomplete { verb: self.verb };
        let mut place = self.place()?.ok_or_else(|| missing.clone())?;
        let version = Version::new(self.words.next().ok_or(missing)?)?;
        if place.environment.is_none() {
            let environment = self.environment()?;
            place.environment = environment.map(Environment::new).transpose()?;
        }
        Ok((place, version))
    }

    /// That they mean to go past the rules; only where that has a meaning.
    fn breaks_glass(&mut self) -> bool {
        let said = |word: &String| GLASS.contains(&word.to_lowercase().as_str());
        matches!(self.verb.takes(), Takes::Deployment { reason: true })
            && self.words.next_if(said).is_some()
    }

    /// Which commit is meant.
    fn suspect(&mut self) -> Result<Option<String>, NotUnderstood> {
        let said = |word: &String| SUSPECT.contains(&word.to_lowercase().as_str());
        if self.words.next_if(said).is_none() {
            return Ok(None);
        }
        let verb = self.verb;
        let named = self.words.next();
        named.map(Some).ok_or(NotUnderstood::Incomplete { verb })
    }

    /// The same, unless one of these words comes first.
    fn target_before(&mut self, others: &[&str]) -> Result<Target, NotUnderstood> {
        match self.words.peek() {
            Some(word) if others.contains(&word.to_lowercase().as_str()) => Ok(Target::Here),
            _ => self.target(),
        }
    }

    /// A commit that has to be named.
    fn change(&mut self) -> Result<String, NotUnderstood> {
        if let Some(named) = self.suspect()? {
            return Ok(named);
        }
        let verb = self.verb;
        self.words.next().ok_or(NotUnderstood::Incomplete { verb })
    }

    /// A deployment by its id, or of a service, or the one that the thread is about.
    fn target(&mut self) -> Result<Target, NotUnderstood> {
        if let Some(word) = self.words.next_if(|word| word.starts_with("dep_")) {
            return Ok(Target::Deployment(DeploymentId::new(word)?));
        }
        let glass = self.words.peek();
        if glass.is_some_and(|word| GLASS.contains(&word.to_lowercase().as_str())) {
            return Ok(Target::Here);
        }
        Ok(self.place()?.map_or(Target::Here, Target::Of))
    }
}
