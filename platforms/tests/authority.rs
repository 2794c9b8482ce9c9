//! Without an authority nothing outside is changed: such code does not compile.

#[test]
fn acting_without_authority_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/authority/*.rs");
}
