//! YAML text to a tree whose every node knows its line and column.
//!
//! Scalars stay text: `1.10` is a version here and a number there, and only the field knows which.
//! Anchors, aliases and the merge key `<<` work; a key said twice is an error; the size of the
//! expanded tree is bounded, so that aliases of aliases cannot fill the memory.

use crate::reader::{At, Step};
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use std::collections::HashMap;

/// Nodes of the expanded tree; a configuration of a thousand services stays far below.
const MAX_NODES: usize = 500_000;
/// Nested lists and mappings; ours needs eight.
const MAX_DEPTH: usize = 64;

/// A position in the file, both counted from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mark {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// A value with its position.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) at: Mark,
    pub(crate) kind: Kind,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// `null`, `~` or nothing at all.
    Nothing,
    /// Any scalar; `plain` when it was written without quotes.
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One `key: value`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) at: Mark,
    pub(crate) value: Node,
}

impl Node {
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries()
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    pub(crate) fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    fn size(&self) -> usize {
        1 + match &self.kind {
            Kind::List(items) => items.iter().map(Node::size).sum(),
            Kind::Map(entries) => entries.iter().map(|entry| entry.value.size()).sum(),
            Kind::Nothing | Kind::Scalar { .. } => 0,
        }
    }
}

/// Something that makes the text unreadable as YAML, or as our subset of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    pub(crate) at: Mark,
    pub(crate) path: At,
    pub(crate) found: String,
    pub(crate) expected: String,
}

/// Parses one document. Faults that leave a usable tree (a key said twice) come beside it.
pub(crate) fn parse(text: &str) -> (Option<Node>, Vec<Fault>) {
    let mut loader = Loader {
        parser: Parser::new_from_str(text),
        anchors: HashMap::new(),
        faults: Vec::new(),
        nodes: 0,
        path: At::default(),
    };
    match loader.document() {
        Ok(node) => (Some(node), loader.faults),
        Err(fault) => {
            loader.faults.push(fault);
            (None, loader.faults)
        }
    }
}

struct Loader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    anchors: HashMap<usize, Node>,
    faults: Vec<Fault>,
    nodes: usize,
    path: At,
}

fn mark(span: Span) -> Mark {
    Mark {
        line: span.start.line(),
        column: span.start.col() + 1,
    }
}

impl<'a> Loader<'a> {
    fn fault(&self, at: Mark, found: impl Into<String>, expected: impl Into<String>) -> Fault {
        Fault {
            at,
            path: self.path.clone(),
            found: found.into(),
            expected: expected.into(),
        }
    }

    fn inside<T>(
        &mut self,
        step: Step,
        act: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.path.0.push(step);
        let done = act(self)?;
        self.path.0.pop();
        Ok(done)
    }

    fn next(&mut self) -> Result<(Event<'a>, Mark), Fault> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, mark(span))),
            Some(Err(error)) => {
                let at = Mark {
                    line: error.marker().line(),
                    column: error.marker().col() + 1,
                };
                Err(self.fault(at, format!("not valid YAML ({})", error.info()), "YAML"))
            }
            None => Ok((Event::StreamEnd, Mark::default())),
        }
    }

    fn document(&mut self) -> Result<Node, Fault> {
        let mut root = None;
        loop {
            let (event, at) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::StreamStart
                | Event::DocumentStart(_)
                | Event::DocumentEnd
                | Event::Nothing => {}
                event if root.is_none() => root = Some(self.node(event, at, 0)?),
                _ => return Err(self.fault(at, "a second document", "one document")),
            }
        }
        Ok(root.unwrap_or(Node {
            at: Mark { line: 1, column: 1 },
            kind: Kind::Nothing,
        }))
    }

    fn node(&mut self, event: Event<'a>, at: Mark, depth: usize) -> Result<Node, Fault> {
        self.count(1, at)?;
        if depth > MAX_DEPTH {
            return Err(self.fault(
                at,
                "too deep",
                format!("at most {MAX_DEPTH} levels of nesting"),
            ));
        }
        let (anchor, kind) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                if tag.is_some() {
                    return Err(self.fault(at, "a tag", "a value without a `!` tag"));
                }
                let plain = style == ScalarStyle::Plain;
                let nothing = plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let kind = if nothing {
                    Kind::Nothing
                } else {
                    Kind::Scalar {
                        text: text.into_owned(),
                        plain,
                    }
                };
                (anchor, kind)
            }
            Event::SequenceStart(anchor, _) => (anchor, self.list(depth)?),
            Event::MappingStart(anchor, _) => (anchor, self.map(depth)?),
            Event::Alias(anchor) => return self.alias(anchor, at),
            _ => return Err(self.fault(at, "not valid YAML", "a value")),
        };
        let node = Node { at, kind };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn alias(&mut self, anchor: usize, at: Mark) -> Result<Node, Fault> {
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            return Err(self.fault(
                at,
                "an alias inside its own anchor",
                "an anchor that ended before",
            ));
        };
        self.count(node.size(), at)?;
        Ok(node)
    }

    fn count(&mut self, more: usize, at: Mark) -> Result<(), Fault> {
        self.nodes += more;
        if self.nodes > MAX_NODES {
            return Err(self.fault(
                at,
                "too large",
                format!("at most {MAX_NODES} values, aliases expanded"),
            ));
        }
        Ok(())
    }

    fn list(&mut self, depth: usize) -> Result<Kind, Fault> {
        let mut items = Vec::new();
        loop {
            let (event, at) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(Kind::List(items));
            }
            let step = Step::Item(items.len());
            items.push(self.inside(step, |loader| loader.node(event, at, depth + 1))?);
        }
    }

    fn map(&mut self, depth: usize) -> Result<Kind, Fault> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut merged: Vec<Entry> = Vec::new();
        loop {
            let (event, at) = self.next()?;
            if event == Event::MappingEnd {
                break;
            }
            let key = match event {
                Event::Scalar(text, ..) => text.into_owned(),
                _ => return Err(self.fault(at, "a key that is no text", "a field name")),
            };
            let (event, value_at) = self.next()?;
            let step = Step::Field(key.clone());
            let value = self.inside(step, |loader| loader.node(event, value_at, depth + 1))?;
            if key == "<<" {
                merged.extend(self.merge_source(value)?);
            } else if let Some(first) = entries.iter().find(|entry| entry.key == key) {
                let expected = format!("each field once; line {} has it already", first.at.line);
                let found = format!("`{key}` said twice");
                let mut fault = self.fault(at, found, expected);
                fault.path.0.push(Step::Field(key));
                self.faults.push(fault);
            } else {
                entries.push(Entry { key, at, value });
            }
        }
        // What is written here wins over what is merged; the first merged mapping wins over later ones.
        for entry in merged {
            if !entries.iter().any(|known| known.key == entry.key) {
                entries.push(entry);
            }
        }
        Ok(Kind::Map(entries))
    }

    fn merge_source(&self, value: Node) -> Result<Vec<Entry>, Fault> {
        let wrong = |at| self.fault(at, "`<<` of something else", "`<<: *anchor` of a mapping");
        match value.kind {
            Kind::Map(entries) => Ok(entries),
            Kind::List(items) => {
                let mut all = Vec::new();
                for item in items {
                    match item.kind {
                        Kind::Map(entries) => all.extend(entries),
                        _ => return Err(wrong(item.at)),
                    }
                }
                Ok(all)
            }
            _ => Err(wrong(value.at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Node {
        let (node, faults) = parse(text);
        assert_eq!(faults, [], "{text}");
        node.unwrap()
    }

    #[test]
    fn every_value_knows_its_line_and_column() {
        let root = tree("a: 1\nb:\n  - x\n  - y: 2\n");
        let y = &root.get("b").unwrap().items()[1].entries()[0];
        assert_eq!((y.at.line, y.at.column), (4, 5));
        assert_eq!((y.value.at.line, y.value.at.column), (4, 8));
    }

    #[test]
    fn a_number_like_text_stays_as_it_was_written() {
        assert_eq!(tree("v: 1.10").get("v").unwrap().text(), Some("1.10"));
        assert_eq!(tree("v: 0012").get("v").unwrap().text(), Some("0012"));
    }

    #[test]
    fn a_key_said_twice_is_a_fault_that_points_at_the_first() {
        let (_, faults) = parse("a: 1\nb: 2\na: 3\n");
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].at.line, 3);
        assert!(
            faults[0].expected.contains("line 1"),
            "{}",
            faults[0].expected
        );
    }

    #[test]
    fn an_alias_repeats_its_anchor_and_a_merge_fills_what_is_missing() {
        let root = tree("x-base: &base {a: 1, b: 2}\nuse: *base\nmerged:\n  <<: *base\n  b: 3\n");
        assert_eq!(root.get("use").unwrap().get("a").unwrap().text(), Some("1"));
        let merged = root.get("merged").unwrap();
        assert_eq!(merged.get("a").unwrap().text(), Some("1"));
        assert_eq!(merged.get("b").unwrap().text(), Some("3"));
    }

    #[test]
    fn aliases_of_aliases_cannot_fill_the_memory() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let of = format!("*a{}", level - 1);
            text += &format!("a{level}: &a{level} [{}]\n", vec![of; 10].join(", "));
        }
        let (node, faults) = parse(&text);
        assert!(node.is_none());
        assert_eq!(faults[0].found, "too large");
    }

    #[test]
    fn broken_yaml_names_the_line() {
        let (node, faults) = parse("a: 1\n b: 2\n");
        assert!(node.is_none());
        assert_eq!(faults[0].at.line, 2);
    }

    #[test]
    fn deep_nesting_is_refused_before_the_stack_ends() {
        let (node, faults) = parse(&"[".repeat(5000));
        assert!(node.is_none());
        assert!(!faults.is_empty());
    }
}
