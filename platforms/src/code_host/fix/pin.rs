//! The version that a file in Git names, put back: the value changes, and every other byte stays.

use saphyr_parser::{Event, Parser, Span};

/// The text with the version before where the deployed one stood, and what stood there.
///
/// # Errors
/// Why that cannot be done, in words.
pub(super) fn put_back(
    text: &str,
    key: &str,
    deployed: &str,
    before: &str,
) -> Result<(String, Stood), String> {
    let (value, span) = find(text, key)?;
    // An image's name may stand before its version: `acme/shop:v2`.
    let kept = match value.strip_suffix(deployed) {
        Some("") => "",
        Some(image) if image.ends_with([':', '@']) => image,
        _ => return Err(format!("it says `{}`", shortened(&value))),
    };
    let (start, end) = (byte(text, span.start.index()), byte(text, span.end.index()));
    let written = &text[start..end];
    let Some(at) = written.rfind(deployed) else {
        return Err("its value is written in a way that is not changed here".to_owned());
    };
    let mut out = text.to_owned();
    out.replace_range(start + at..start + at + deployed.len(), before);
    let becomes = format!("{kept}{before}");
    // Whatever was written, it has to be read so.
    match find(&out, key) {
        Ok((read, _)) if read == becomes => Ok((
            out,
            Stood {
                was: value,
                becomes,
            },
        )),
        _ => Err("the file could not be read afterwards".to_owned()),
    }
}

/// What stood there, and what stands there then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stood {
    pub(super) was: String,
    pub(super) becomes: String,
}

/// Where the parser is: in a mapping behind a key, or at a place in a list.
enum Frame {
    Map(Option<String>),
    List(usize),
}

/// The value of a key, and where it is written.
fn find(text: &str, key: &str) -> Result<(String, Span), String> {
    let wanted: Vec<&str> = key.split('.').collect();
    let mut frames: Vec<Frame> = Vec::new();
    let mut found: Option<(String, Span)> = None;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| format!("the file is no YAML ({error})"))?;
        match event {
            Event::MappingStart(..) => frames.push(Frame::Map(None)),
            Event::SequenceStart(..) => frames.push(Frame::List(0)),
            Event::MappingEnd | Event::SequenceEnd => {
                frames.pop();
                passed(&mut frames);
            }
            Event::Scalar(value, ..) => {
                if let Some(Frame::Map(key @ None)) = frames.last_mut() {
                    *key = Some(value.into_owned());
                    continue;
                }
                if is_at(&frames, &wanted) && found.replace((value.into_owned(), span)).is_some() {
                    return Err("it stands there more than once".to_owned());
                }
                passed(&mut frames);
            }
            Event::Alias(_) => match frames.last_mut() {
                Some(Frame::Map(key @ None)) => *key = Some(String::new()),
                _ => passed(&mut frames),
            },
            _ => {}
        }
    }
    found.ok_or_else(|| "it is not there".to_owned())
}

/// A value is over.
fn passed(frames: &mut [Frame]) {
    match frames.last_mut() {
        Some(Frame::Map(key)) => *key = None,
        Some(Frame::List(place)) => *place += 1,
        None => {}
    }
}

fn is_at(frames: &[Frame], wanted: &[&str]) -> bool {
    let mut parts = wanted.iter();
    frames.len() == wanted.len()
        && frames.iter().all(|frame| match (frame, parts.next()) {
            (Frame::Map(Some(key)), Some(part)) => key == part,
            (Frame::List(place), Some(part)) => part.parse() == Ok(*place),
            _ => false,
        })
}

/// The parser counts characters.
fn byte(text: &str, index: usize) -> usize {
    text.char_indices()
        .nth(index)
        .map_or(text.len(), |(at, _)| at)
}

fn shortened(value: &str) -> String {
    value.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: &str =
        "# 部署\nimage:\n  repository: acme/shop   # stays\n  tag: \"v2\"\nother: {tag: v2}\n";

    #[test]
    fn the_value_changes_and_every_other_byte_stays() {
        let (out, stood) = put_back(VALUES, "image.tag", "v2", "v1").unwrap();
        assert_eq!(out, VALUES.replacen("\"v2\"", "\"v1\"", 1));
        assert_eq!((stood.was.as_str(), stood.becomes.as_str()), ("v2", "v1"));
        let list = "images:\n- name: a\n  newTag: v7\n- {name: shop, newTag: v2}\n";
        let (out, _) = put_back(list, "images.1.newTag", "v2", "v1").unwrap();
        assert_eq!(out, list.replace("v2", "v1"));
        let image = "spec:\n  image: acme/shop:v2\n";
        let (out, stood) = put_back(image, "spec.image", "v2", "v1").unwrap();
        assert_eq!(out, image.replace("v2", "v1"));
        assert_eq!(stood.becomes, "acme/shop:v1");
    }

    #[test]
    fn what_does_not_say_the_deployed_version_is_left_alone() {
        for (text, key, why) in [
            (VALUES, "image.tags", "it is not there"),
            (VALUES, "image", "it is not there"),
            ("image: {tag: v3}", "image.tag", "it says `v3`"),
            ("image: {tag: notv2}", "image.tag", "it says `notv2`"),
            (
                "image: {tag: v2}\n---\nimage: {tag: v2}\n",
                "image.tag",
                "more than once",
            ),
            ("image: [", "image.tag", "no YAML"),
            ("tag: \"v\\x32\"", "tag", "written in a way"),
        ] {
            let said = put_back(text, key, "v2", "v1").unwrap_err();
            assert!(said.contains(why), "{text}: {said}");
        }
    }
}
