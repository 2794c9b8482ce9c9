use guard::action::Action;
use guard::authorise::Authority;

fn widen(mut authority: Authority, other: Action) -> Authority {
    authority.action = other;
    authority
}

fn main() {}
