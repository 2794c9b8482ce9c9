//! Who may act cannot be forged: such code does not compile.
//!
//! The pinned errors show that each case fails for its own reason.

use std::path::Path;

#[test]
fn authority_and_state_cannot_be_forged() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compile_fail");
    let said = refused::reasons(&folder, &["guard", "serde_json"]).expect("each is refused");
    insta::assert_snapshot!(said);
}
