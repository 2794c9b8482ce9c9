use guard::action::Action;
use guard::authorise::Authority;
use guard::state::State;

/// What may be done with both: to read them.
fn read(authority: &Authority, state: &State) -> (Action, bool) {
    (authority.action().clone(), state.paused().is_some())
}

fn main() {
    assert!(serde_json::from_str::<bool>("true").unwrap());
}
