use guard::authorise::Authority;

fn double(authority: &Authority) -> (Authority, Authority) {
    (authority.clone(), authority.clone())
}

fn main() {}
