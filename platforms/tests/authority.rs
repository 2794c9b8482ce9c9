//! Without an authority nothing outside is changed: such code does not compile.

use std::path::Path;

#[test]
fn acting_without_authority_does_not_compile() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/authority");
    let said = refused::reasons(&folder, &["platforms", "guard"]).expect("each is refused");
    insta::assert_snapshot!(said);
}
