use guard::state::State;

fn forge() -> State {
    State::default()
}

fn main() {}
