use guard::authorise::Authority;

fn keep(authority: &Authority) -> String {
    serde_json::to_string(authority).unwrap()
}

fn main() {}
