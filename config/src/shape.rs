//! What a configuration may look like: the one description from which the JSON schema, the table of
//! fields and the "expected one of" of errors are made. The readers declare it; nothing else does.

/// The form of one value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    /// Text of some kind: `duration`, `URL`.
    Text(&'static str),
    /// A secret: `${NAME}` or `file:PATH`.
    Secret,
    /// Yes or no.
    Bool,
    /// A whole number between two bounds.
    Integer { min: u64, max: u64 },
    /// Any number between two bounds.
    Number { min: f64, max: f64 },
    /// One of these words, each with its meaning.
    Words(Vec<(&'static str, &'static str)>),
    /// Any number of these.
    List(Box<Shape>),
    /// Names that the user chooses, each with one of these.
    Map(Box<Shape>),
    /// Named fields.
    Object(ObjectShape),
    /// Named fields that depend on `type`.
    Tagged(Vec<(&'static str, ObjectShape)>),
    /// Either of these.
    Either(Vec<Shape>),
}

/// A mapping with known fields.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ObjectShape {
    pub(crate) doc: String,
    pub(crate) fields: Vec<FieldShape>,
}

/// One field of an object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldShape {
    pub(crate) name: &'static str,
    pub(crate) doc: String,
    /// The YAML that stands for the field when it is absent.
    pub(crate) default: Option<&'static str>,
    pub(crate) required: bool,
    pub(crate) shape: Shape,
}

impl Shape {
    /// Whether a value in this place may hold a secret, so that a wrong one must not be shown.
    pub(crate) fn holds_secret(&self) -> bool {
        let in_fields =
            |object: &ObjectShape| object.fields.iter().any(|field| field.shape.holds_secret());
        match self {
            Self::Secret => true,
            Self::List(inner) | Self::Map(inner) => inner.holds_secret(),
            Self::Object(object) => in_fields(object),
            Self::Tagged(variants) => variants.iter().any(|(_, object)| in_fields(object)),
            Self::Either(shapes) => shapes.iter().any(Self::holds_secret),
            Self::Text(_)
            | Self::Bool
            | Self::Integer { .. }
            | Self::Number { .. }
            | Self::Words(_) => false,
        }
    }

    /// How the table of fields calls it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Text(name) => (*name).to_owned(),
            Self::Secret => "secret".to_owned(),
            Self::Bool => "`true` or `false`".to_owned(),
            Self::Integer { .. } => "whole number".to_owned(),
            Self::Number { .. } => "number".to_owned(),
            Self::Words(words) => words
                .iter()
                .map(|(word, _)| format!("`{word}`"))
                .collect::<Vec<_>>()
                .join(", "),
            Self::List(inner) => match &**inner {
                Self::Object(_) | Self::Tagged(_) | Self::Either(_) => "list".to_owned(),
                inner => format!("list of: {}", inner.name()),
            },
            Self::Map(inner) => match &**inner {
                Self::Object(_) | Self::Tagged(_) => "mapping by name".to_owned(),
                inner => format!("mapping of names to: {}", inner.name()),
            },
            Self::Object(_) => "mapping".to_owned(),
            Self::Tagged(variants) => {
                let tags: Vec<String> =
                    variants.iter().map(|(tag, _)| format!("`{tag}`")).collect();
                format!("mapping with `type`: {}", tags.join(", "))
            }
            Self::Either(shapes) => shapes
                .iter()
                .map(Self::name)
                .collect::<Vec<_>>()
                .join(" or "),
        }
    }
}

/// Lines of a doc comment to one text.
pub(crate) fn doc(lines: &[&str]) -> String {
    lines
        .iter()
        .map(|line| line.trim())
        .collect::<Vec<_>>()
        .join(" ")
        .trim()
        .to_owned()
}
