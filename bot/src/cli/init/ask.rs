//! Which of the services that were found: by the command line, or by asking.

use super::Arguments;
use super::found::InitError;
use crate::cli::output;
use crate::discover::Candidate;
use std::io::{BufRead, IsTerminal, Write};

/// The services to write.
pub(super) fn choose(
    candidates: Vec<Candidate>,
    arguments: &Arguments,
    json: bool,
) -> Result<Vec<Candidate>, InitError> {
    if candidates.is_empty() {
        return Err(InitError::Nothing(arguments.prometheus.clone()));
    }
    if !arguments.service.is_empty() {
        return named(candidates, &arguments.service);
    }
    if arguments.yes || json || candidates.len() == 1 || !std::io::stdin().is_terminal() {
        return Ok(candidates);
    }
    asked(candidates)
}

fn named(candidates: Vec<Candidate>, wanted: &[String]) -> Result<Vec<Candidate>, InitError> {
    for name in wanted {
        if !candidates.iter().any(|found| found.name.as_str() == name) {
            let found: Vec<&str> = candidates.iter().map(|found| found.name.as_str()).collect();
            return Err(InitError::Usage(format!(
                "--service {name}: no such service was found; there are {}",
                found.join(", ")
            )));
        }
    }
    let named = |candidate: &Candidate| wanted.iter().any(|name| name == candidate.name.as_str());
    Ok(candidates.into_iter().filter(named).collect())
}

fn asked(candidates: Vec<Candidate>) -> Result<Vec<Candidate>, InitError> {
    output::line("Found:");
    for (at, candidate) in candidates.iter().enumerate() {
        let presets: Vec<&str> = candidate
            .presets
            .iter()
            .map(|fitting| fitting.preset.as_str())
            .collect();
        output::line(&format!(
            "  {:>2}  {}: {} instances, {}",
            at + 1,
            candidate.name,
            candidate.instances.len(),
            presets.join(", ")
        ));
    }
    let mut line = String::new();
    loop {
        let _ = write!(
            std::io::stdout(),
            "Which of them shall Tawny watch? Numbers, or Enter for all: "
        );
        let _ = std::io::stdout().flush();
        line.clear();
        let read = std::io::stdin().lock().read_line(&mut line);
        if read.is_err() || line.trim().is_empty() {
            return Ok(candidates);
        }
        match numbers(&line, candidates.len()) {
            Some(places) => {
                let mut places = places;
                places.sort_unstable();
                places.dedup();
                let chosen = candidates
                    .into_iter()
                    .enumerate()
                    .filter(|(at, _)| places.contains(at));
                return Ok(chosen.map(|(_, candidate)| candidate).collect());
            }
            None => output::line(&format!(
                "expected numbers from 1 to {}, such as `1 3`",
                candidates.len()
            )),
        }
    }
}

/// Places by what was typed: `1, 3 4`.
fn numbers(line: &str, most: usize) -> Option<Vec<usize>> {
    line.split([',', ' ', '\t', '\n', '\r'])
        .filter(|part| !part.is_empty())
        .map(|part| {
            let number: usize = part.parse().ok()?;
            (1..=most).contains(&number).then(|| number - 1)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_with_commas_or_spaces_and_others_are_refused() {
        assert_eq!(numbers("1, 3 2\n", 3), Some(vec![0, 2, 1]));
        assert_eq!(numbers("0", 3), None);
        assert_eq!(numbers("4", 3), None);
        assert_eq!(numbers("shop", 3), None);
    }
}
