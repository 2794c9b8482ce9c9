use guard::authorise::Authority;

fn forge(document: &str) -> Authority {
    serde_json::from_str(document).unwrap()
}

fn main() {}
