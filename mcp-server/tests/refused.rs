//! A tool asks, and can neither decide nor act: such code does not compile.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::path::Path;

#[test]
fn a_tool_that_decides_or_acts_does_not_compile() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/refused");
    let libraries = ["mcp_server", "journal", "guard"];
    let said = refused::reasons(&folder, &libraries).expect("each is refused");
    insta::assert_snapshot!(said);
}
