//! Whatever the text is, reading it ends: with settings, or with errors that point into it.

use crate::support::{EXAMPLE, read};
use proptest::prelude::*;

fn ends_well(text: &str) -> Result<(), TestCaseError> {
    if let Err(errors) = read(text) {
        prop_assert!(!errors.0.is_empty());
        for error in &errors.0 {
            prop_assert!(error.line >= 1, "{error}");
            prop_assert!(error.line <= text.lines().count() + 1, "{error}");
            prop_assert!(
                !error.found.is_empty() && !error.expected.is_empty(),
                "{error}"
            );
        }
    }
    let _ = config::import(text, "any.yaml");
    Ok(())
}

/// Something that a slip of the hand, or malice, puts into a line.
fn debris() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just(": ".to_owned()),
        Just("- ".to_owned()),
        Just("{".to_owned()),
        Just("]".to_owned()),
        Just("&a ".to_owned()),
        Just("*a".to_owned()),
        Just("<<: ".to_owned()),
        Just("${".to_owned()),
        Just("!!str ".to_owned()),
        Just("\t".to_owned()),
        Just("\u{feff}".to_owned()),
        Just("null".to_owned()),
        "[ -~]{0,12}",
        "\\PC{0,6}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_damaged_example_is_read_or_refused_with_positions(
        wounds in proptest::collection::vec((0usize..400, 0usize..80, 0usize..30, debris()), 1..5)
    ) {
        let mut lines: Vec<String> = EXAMPLE.lines().map(str::to_owned).collect();
        for (line, column, length, debris) in wounds {
            let line = line % lines.len();
            let letters: Vec<char> = lines[line].chars().collect();
            let start = column.min(letters.len());
            let end = (start + length).min(letters.len());
            lines[line] = letters[..start].iter().chain(debris.chars().collect::<Vec<_>>().iter()).chain(&letters[end..]).collect();
        }
        ends_well(&lines.join("\n"))?;
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        ends_well(&text)?;
    }
}
