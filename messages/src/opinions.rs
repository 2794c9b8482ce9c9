//! What people can say of a cause and of its report, each by one press.

use crate::context::Context;
use crate::model::Opinion;
use crate::say;
use guard::order::Verb;
use guard::state::State;

/// Characters of the longest name of a commit, and some.
const LONGEST: usize = 100;

fn is_word(id: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !id.is_empty() && id.len() <= LONGEST && id.chars().all(fits)
}

/// It was the first suspect, it was none of them; the report was of use, or not. Who may is decided when somebody presses.
pub(crate) fn opinions(state: &State, context: &Context) -> Vec<Opinion> {
    let deployment = &state.plan().deployment;
    let first = state.cause().and_then(|(cause, _)| cause.suspects.first());
    // Its name stands in an order, which is read word by word.
    let first = first.filter(|first| is_word(&first.id));
    let opinion = |verb: Verb, of: &str, label| Opinion {
        name: verb.as_str(),
        order: format!("{}{of} {deployment}", verb.as_str()),
        label,
    };
    let was = first.map(|first| {
        let label = crate::cause::it_was(first, context);
        opinion(Verb::ItWas, &format!(" {}", first.id), label)
    });
    let others = [
        opinion(Verb::NotThis, "", say!(context, "cause-not-this")),
        opinion(Verb::Useful, "", say!(context, "root-cause-useful")),
        opinion(Verb::NotUseful, "", say!(context, "root-cause-not-useful")),
    ];
    was.into_iter().chain(others).collect()
}
