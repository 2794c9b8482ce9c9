//! Who may act cannot be forged: such code does not compile.
//!
//! The pinned errors show that each case fails for its own reason.

#[test]
fn authority_and_state_cannot_be_forged() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile_fail/*.rs");
}
