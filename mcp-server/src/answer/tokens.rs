//! How many tokens a text is, as the o200k encoding cuts it.
//!
//! The vocabulary takes some 70 MB and a moment once it is needed; a text with no more bytes than tokens are allowed
//! never needs it, since each token stands for at least one byte. Counting takes a time linear in the text, whatever
//! is in it, and stops at the limit.

use bpe_openai::o200k_base;

/// How many tokens.
#[must_use]
pub fn count(text: &str) -> usize {
    o200k_base().count(text)
}

/// Whether they are `most` at most.
#[must_use]
pub fn at_most(text: &str, most: usize) -> bool {
    if text.len() <= most {
        return true;
    }
    let tokenizer = o200k_base();
    let text = tokenizer.normalize(text);
    tokenizer.count_till_limit(&text, most).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tokens_are_counted_as_the_encoding_was_published() {
        // The first two stand in the documentation of the encoding's own library.
        assert_eq!(count("tiktoken is great!"), 6);
        assert_eq!(count("お誕生日おめでとう"), 8);
        assert_eq!(count(""), 0);
    }

    #[test]
    fn the_limit_itself_is_still_allowed() {
        let text = "the quick brown fox jumps over the lazy dog";
        let tokens = count(text);
        assert!(tokens < text.len());
        assert!(at_most(text, tokens));
        assert!(!at_most(text, tokens - 1));
    }

    proptest! {
        #[test]
        fn a_token_is_at_least_a_byte_and_the_limit_agrees_with_the_count(text in "\\PC{0,200}", most in 0_usize..300) {
            let tokens = count(&text);
            prop_assert!(tokens <= text.len());
            prop_assert_eq!(at_most(&text, most), tokens <= most);
        }
    }
}
