use guard::state::State;

fn forge(document: &str) -> State {
    serde_json::from_str(document).unwrap()
}

fn main() {}
