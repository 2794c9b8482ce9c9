use guard::approval::Choice;
use guard::ids::ApprovalId;
use guard::request::Asks;

fn answer(approval: ApprovalId) -> Asks {
    Asks::Answered {
        approval,
        choice: Choice::Rollback,
    }
}

fn main() {}
