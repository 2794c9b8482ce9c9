use guard::state::State;

fn pretend(mut state: State) -> State {
    state.paused = None;
    state
}

fn main() {}
