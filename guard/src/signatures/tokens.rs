//! Words of a message, with what changes from record to record taken out.

/// What stands for a part that changes.
pub(super) const ANY: &str = "<*>";
/// More words than this tell no message from another.
const MOST: usize = 60;

/// The words of a message. Numbers, ids and times become [`ANY`]; codes of answers with their names stay: `status=503`.
pub(super) fn words(message: &str) -> Vec<String> {
    message.split_whitespace().take(MOST).map(masked).collect()
}

/// One word, each of its parts by itself: `id=17,` is `id=<*>,`.
fn masked(word: &str) -> String {
    if !word.bytes().any(|byte| byte.is_ascii_digit()) {
        return word.to_owned();
    }
    let mut out = String::with_capacity(word.len());
    let mut rest = word;
    while !rest.is_empty() {
        let end = rest.find(is_border).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        if is_variable(part) && !(out.ends_with('=') && is_code(part)) {
            // `10.0.0.1` and `7-8` are one thing.
            if !out.ends_with(ANY) {
                out.push_str(ANY);
            }
        } else {
            out.push_str(part);
        }
        let border = after.chars().next().map_or(0, char::len_utf8);
        out.push_str(&after[..border]);
        rest = &after[border..];
    }
    out
}

fn is_border(c: char) -> bool {
    "=:,;/()[]{}<>\"'|?&@#".contains(c)
}

fn is_variable(part: &str) -> bool {
    part.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_code(part: &str) -> bool {
    part.len() == 3
        && part.bytes().all(|byte| byte.is_ascii_digit())
        && part.starts_with(['4', '5'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_is_taken_out_and_what_tells_stays() {
        for (message, template) in [
            (
                "order 17 of user-8a9f failed: status=503 after 512ms",
                "order <*> of <*> failed: status=503 after <*>",
            ),
            (
                "GET /products/42?page=3 500",
                "GET /products/<*>?page=<*> <*>",
            ),
            ("dial 10.0.0.7:5432: refused", "dial <*>:<*>: refused"),
            ("list index out of range", "list index out of range"),
        ] {
            assert_eq!(words(message).join(" "), template);
        }
    }
}
