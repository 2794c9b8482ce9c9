//! What was said in the workspace.

use serde_json::Value;

/// Something that was said, in order.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::slack) struct Said {
    pub(in crate::slack) kind: Kind,
    pub(in crate::slack) channel: String,
    pub(in crate::slack) ts: String,
    pub(in crate::slack) text: String,
    pub(in crate::slack) blocks: Value,
    /// The deployment that the message names for other apps.
    pub(in crate::slack) deployment: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::slack) enum Kind {
    Parent,
    Reply,
    /// A reply that the channel sees.
    Broadcast,
    Edit,
    /// To one person alone.
    Whisper(String),
    /// A dialog that one person has open.
    Dialog(String),
    /// The app's own page, as one person sees it.
    Home(String),
    /// A picture in a thread; its text is what is read instead of it.
    Picture,
}

impl Said {
    /// What its buttons answer.
    pub(in crate::slack) fn buttons(&self) -> Vec<String> {
        let blocks = self.blocks.as_array().into_iter().flatten();
        let elements = blocks.filter(|block| block["type"] == "actions");
        let elements = elements.flat_map(|block| block["elements"].as_array().unwrap());
        elements
            .map(|button| button["value"].as_str().unwrap().to_owned())
            .collect()
    }

    /// What the button of an answer, such as `hold`, sends.
    pub(in crate::slack) fn button(&self, choice: &str) -> String {
        let mut all = self.buttons().into_iter();
        all.find(|value| value.ends_with(&format!("/{choice}")))
            .unwrap_or_else(|| panic!("no {choice} in {self:#?}"))
    }
}

/// The first of this kind.
pub(in crate::slack) fn first(said: &[Said], kind: &Kind) -> Said {
    said.iter()
        .find(|said| said.kind == *kind)
        .unwrap_or_else(|| panic!("no {kind:?} in {said:#?}"))
        .clone()
}
