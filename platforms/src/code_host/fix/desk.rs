//! What is the same at every host: the order in which a request comes to be, and what is looked for before.

use super::pin::put_back;
use super::{Guilty, Mender, Name, Pin, Place, Proposal, Stop, ToMend, is_commit, may_pin};
use crate::code_host::error::CodeHostError;
use guard::fix::{
    FixAuthority, FixKind, FixOutcome, FixTrouble, How, Opened, Unusable, off_limits,
};
use std::collections::BTreeMap;

/// Characters of a title and of a text.
pub(super) const TITLE: usize = 200;
pub(super) const BODY: usize = 60_000;
/// Bytes of a file that is read.
pub(super) const MOST_BYTES: u64 = 1024 * 1024;

/// Files that a draft may be about.
const MOST_GUILTY: usize = 8;

/// One repository, about which one thing is proposed.
pub(super) struct At<'a, H> {
    pub(super) host: &'a H,
    pub(super) place: &'a Place,
    pub(super) proposal: &'a Proposal,
    pub(super) name: Name,
}

/// What is there already, and what it begins with.
pub(super) struct Begun<B> {
    pub(super) into: String,
    /// The number of the request.
    pub(super) known: Option<u64>,
    pub(super) base: B,
}

/// A request as a host knows it.
pub(super) struct Known {
    pub(super) number: u64,
    pub(super) stands: Stands,
    pub(super) text: String,
    pub(super) branch: String,
    pub(super) into: String,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    Open,
    Merged,
    Closed,
}

/// What a host does in its own way.
pub(super) trait Desk {
    /// What a branch of ours begins with.
    type Base;

    /// The name of the default branch.
    async fn default_branch(&self) -> Result<String, Stop>;

    /// Requests of our branch, open or not.
    async fn requests(&self) -> Result<Vec<Known>, Stop>;

    /// What our branch begins with, and what is in it.
    async fn base(&self, into: &str) -> Result<Self::Base, Stop>;

    /// Our branch without the suspect; where it is that already, or people have it, only what it does.
    async fn revert(&self, begun: &Begun<Self::Base>, suspect: &str) -> Result<How, Stop>;

    /// A file as it is where our branch begins; none where there is none.
    async fn file(&self, base: &Self::Base, path: &str) -> Result<Option<Vec<u8>>, Stop>;

    /// Our branch with these files as they are given, if it is not there yet.
    async fn write(
        &self,
        begun: &Begun<Self::Base>,
        files: BTreeMap<String, String>,
        how: &How,
    ) -> Result<(), Stop>;

    /// What the suspect did to which files, where it is part of what our branch begins with.
    async fn guilty(
        &self,
        begun: &Begun<Self::Base>,
        suspect: &str,
    ) -> Result<Vec<(String, String)>, Stop>;

    /// All of the code where our branch begins, as an archive.
    async fn code(&self, base: &Self::Base) -> Result<Vec<u8>, Stop>;

    /// The message of our commit, if it is there.
    fn message<'b>(&self, base: &'b Self::Base) -> Option<&'b str>;

    /// The request; its number.
    async fn request(&self, begun: &Begun<Self::Base>, how: &How) -> Result<u64, Stop>;

    /// The page of a request.
    fn url(&self, number: u64) -> String;
}

/// Opens what a person asked for, or finds it open.
pub(super) async fn open<'a, H>(
    host: &'a H,
    authority: &FixAuthority,
    proposal: &'a Proposal,
) -> Result<FixOutcome, CodeHostError>
where
    At<'a, H>: Desk,
{
    match opened(host, authority, proposal).await {
        Ok(opened) => Ok(FixOutcome::Opened { opened }),
        Err(Stop::For(trouble)) => Ok(FixOutcome::Failed { trouble }),
        Err(Stop::Not(error)) => Err(error),
    }
}

async fn opened<'a, H>(
    host: &'a H,
    authority: &FixAuthority,
    proposal: &'a Proposal,
) -> Result<Opened, Stop>
where
    At<'a, H>: Desk,
{
    let suspect = &authority.fix().suspect;
    if !is_commit(suspect) {
        return Err(FixTrouble::NoCommit.into());
    }
    let at = |place| At {
        host,
        place,
        proposal,
        name: Name::of(authority),
    };
    if authority.fix().kind == FixKind::Hotfix {
        let mender = proposal.mender.as_ref().ok_or(FixTrouble::NotConfigured)?;
        return at(&proposal.place).mended(suspect, mender).await;
    }
    let trouble = match at(&proposal.place).reverted(suspect).await {
        Err(Stop::For(trouble)) if may_pin(&trouble) => trouble,
        ended => return ended,
    };
    let (Some(pin), Some(from)) = (&proposal.pin, authority.from()) else {
        return Err(trouble.into());
    };
    let versions = (authority.to().as_str(), from.as_str());
    match at(&pin.place).pinned(pin, versions, &trouble).await {
        // Why the suspect could not be undone is more worth knowing.
        Err(Stop::For(FixTrouble::NoPin { problem, .. })) => {
            tracing::warn!(problem, "the version could not be put back either");
            Err(trouble.into())
        }
        ended => ended,
    }
}

impl<'a, H> At<'a, H>
where
    At<'a, H>: Desk,
{
    async fn reverted(&self, suspect: &str) -> Result<Opened, Stop> {
        let begun = self.begin().await?;
        let how = self.revert(&begun, suspect).await?;
        self.finish(begun, how).await
    }

    /// The version before, where a file names the deployed one.
    async fn pinned(
        &self,
        pin: &Pin,
        (deployed, before): (&str, &str),
        instead: &FixTrouble,
    ) -> Result<Opened, Stop> {
        let begun = self.begin().await?;
        let none = |problem: &str| FixTrouble::NoPin {
            file: pin.file.clone(),
            key: pin.key.clone(),
            problem: problem.to_owned(),
        };
        let bytes = self.file(&begun.base, &pin.file).await?;
        let bytes = bytes.ok_or_else(|| none("there is no such file, or it is too large"))?;
        let text = String::from_utf8(bytes).map_err(|_| none("it is no text"))?;
        let (text, stood) =
            put_back(&text, &pin.key, deployed, before).map_err(|problem| none(&problem))?;
        let how = How::Pinned {
            file: pin.file.clone(),
            key: pin.key.clone(),
            was: stood.was,
            becomes: stood.becomes,
            instead: Some(Box::new(instead.clone())),
        };
        if begun.known.is_none() {
            let files = BTreeMap::from([(pin.file.clone(), text)]);
            self.write(&begun, files, &how).await?;
        }
        self.finish(begun, how).await
    }

    /// A draft, written once: what is there of it is not written anew.
    async fn mended(&self, suspect: &str, mender: &Mender) -> Result<Opened, Stop> {
        let begun = self.begin().await?;
        if let Some(message) = self.message(&begun.base) {
            let how = Name::drafted(message).ok_or_else(|| self.name.taken())?;
            return self.finish(begun, how).await;
        }
        if begun.known.is_some() {
            return Err(self.name.taken().into());
        }
        let files = self.texts(&begun, suspect).await?;
        if files.is_empty() {
            return Err(FixTrouble::from(Unusable::OffLimits).into());
        }
        let code = if mender.wants_code {
            Some(self.code(&begun.base).await?)
        } else {
            None
        };
        let draft = (mender.mends)(ToMend { files, code }).await?;
        self.write(&begun, draft.files, &draft.how).await?;
        self.finish(begun, draft.how).await
    }

    /// The files of a suspect that a draft may touch.
    async fn texts(
        &self,
        begun: &Begun<<Self as Desk>::Base>,
        suspect: &str,
    ) -> Result<Vec<Guilty>, Stop> {
        let mut texts = Vec::new();
        for (path, change) in self.guilty(begun, suspect).await? {
            if texts.len() == MOST_GUILTY {
                break;
            }
            if off_limits(&path) || change.is_empty() {
                continue;
            }
            let bytes = self.file(&begun.base, &path).await?;
            let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
            texts.extend(text.map(|text| Guilty { path, change, text }));
        }
        Ok(texts)
    }

    async fn begin(&self) -> Result<Begun<<Self as Desk>::Base>, Stop> {
        let mut found = self.requests().await?.into_iter();
        let known = found.find(|one| one.branch == self.name.branch);
        if let Some(known) = &known {
            self.is_ours_and_open(known)?;
        }
        let into = match (&known, &self.place.into) {
            (Some(known), _) => known.into.clone(),
            (None, Some(branch)) => branch.clone(),
            (None, None) => self.default_branch().await?,
        };
        let base = self.base(&into).await?;
        let known = known.map(|known| known.number);
        Ok(Begun { into, known, base })
    }

    fn is_ours_and_open(&self, known: &Known) -> Result<(), FixTrouble> {
        if !known.text.contains(&self.name.marker) {
            return Err(self.name.taken());
        }
        let url = self.url(known.number);
        match known.stands {
            Stands::Open => Ok(()),
            Stands::Merged => Err(FixTrouble::Merged { url }),
            Stands::Closed => Err(FixTrouble::Closed { url }),
        }
    }

    /// Whatever of it is not there yet.
    async fn finish(&self, begun: Begun<<Self as Desk>::Base>, how: How) -> Result<Opened, Stop> {
        let number = self.request(&begun, &how).await?;
        Ok(Opened {
            number,
            url: self.url(number),
            branch: self.name.branch.clone(),
            into: begun.into,
            how,
        })
    }
}

/// What was answered to a wish for something new: where somebody was faster, perhaps an earlier try of ours, the next look
/// knows.
pub(super) fn unless_there<T>(answer: Result<T, CodeHostError>) -> Result<T, Stop> {
    answer.map_err(|error| match error {
        CodeHostError::Refused {
            status: 400 | 409 | 422,
            message,
            ..
        } if message.to_ascii_lowercase().contains("already exists") => {
            Stop::Not(CodeHostError::Unknown(message))
        }
        error => error.into(),
    })
}

/// What is said to be there; none where the host knows of nothing there.
pub(super) fn perhaps<T>(
    found: Result<T, CodeHostError>,
    nothing: &[u16],
) -> Result<Option<T>, CodeHostError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(CodeHostError::Refused { status, .. }) if nothing.contains(&status) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The number in an answer to a new request.
pub(super) fn numbered(answer: &serde_json::Value, field: &str) -> Result<u64, Stop> {
    answer[field].as_u64().ok_or_else(|| {
        let why = "a request without a number in the answer".to_owned();
        Stop::Not(CodeHostError::Unknown(why))
    })
}

/// What was answered, in its shape.
pub(super) fn read<T: serde::de::DeserializeOwned>(
    path: &str,
    answer: serde_json::Value,
) -> Result<T, CodeHostError> {
    serde_json::from_value(answer)
        .map_err(|_| CodeHostError::NotSent(format!("{path}: a strange answer")))
}
