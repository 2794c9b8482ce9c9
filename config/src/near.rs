//! Names that somebody may have meant.

/// How alike two names must be before one is offered for the other, 0 to 1.
const NEAR: f64 = 0.75;

/// The known name that looks most like this one: a slip of one key, or alike on the whole.
pub(crate) fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<String> {
    let wanted = name.to_lowercase();
    known
        .filter(|candidate| *candidate != name)
        .map(|candidate| {
            let lower = candidate.to_lowercase();
            let slip = wanted.len() > 2 && strsim::damerau_levenshtein(&wanted, &lower) == 1;
            let likeness = strsim::normalized_damerau_levenshtein(&wanted, &lower)
                .max(strsim::jaro_winkler(&wanted, &lower) - 0.1);
            (candidate, if slip { likeness.max(NEAR) } else { likeness })
        })
        .filter(|(_, likeness)| *likeness >= NEAR)
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(candidate, _)| candidate.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_one_key_finds_the_name_and_a_stranger_finds_none() {
        let known = ["url", "auth", "headers", "timeout", "scrape_interval"];
        for (given, meant) in [
            ("ulr", Some("url")),
            ("header", Some("headers")),
            ("TimeOut", Some("timeout")),
            ("scrapeInterval", Some("scrape_interval")),
            ("colour", None),
            ("x", None),
        ] {
            assert_eq!(
                nearest(given, known.into_iter()).as_deref(),
                meant,
                "{given}"
            );
        }
    }
}
