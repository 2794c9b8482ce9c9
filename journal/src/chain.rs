//! The hash chain of a stream: each event's hash covers the one before it, so nobody can change,
//! remove or insert an event in the middle without breaking every later link. Payloads enter by
//! their own hash, so retention can erase them and the chain still holds.
//!
//! What it cannot show: a tail cut off together with the stream's head, or a whole stream removed.
//! For that, keep a head (`Reader::head`) somewhere else.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use sha2::{Digest, Sha256};

use crate::table::{event, stream};
use crate::{JournalError, Reader, StreamId};

/// What the first event of a stream stands on.
pub(crate) const ROOT: &str = "";
const PAGE: u64 = 500;

pub(crate) fn payload_hash(payload: &str) -> String {
    hex::encode(Sha256::digest(payload.as_bytes()))
}

/// The hash of an event. Fields are length-prefixed: no two events share one encoding.
pub(crate) fn link(event: &event::Model) -> String {
    let mut hash = Sha256::new();
    let revision = event.revision.to_string();
    let version = event.version.to_string();
    let at = event.at.to_string();
    let fields = [
        event.prev_hash.as_str(),
        event.stream.as_str(),
        revision.as_str(),
        event.name.as_str(),
        version.as_str(),
        at.as_str(),
        event.payload_hash.as_str(),
    ];
    for field in fields {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    hex::encode(hash.finalize())
}

/// What [`Reader::verify`] found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Streams looked at.
    pub streams: u64,
    /// Events looked at.
    pub events: u64,
    /// Events whose payload retention has erased; their links were checked all the same.
    pub erased: u64,
    /// SHA-256 over `NAME REVISION HASH` of every stream's head, a line each, ordered by name: two journals
    /// with the same one hold the same history. Kept elsewhere, it shows a tail that was cut off.
    pub heads: String,
    /// The first broken revision of each broken stream.
    pub broken: Vec<BrokenLink>,
}

/// Where a stream's chain breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenLink {
    /// The stream's name.
    pub stream: String,
    /// The first revision that does not hold.
    pub revision: i64,
    /// What is wrong with it.
    pub problem: String,
}

/// How far a chain has been followed.
#[derive(Default)]
pub(crate) struct Walk {
    pub(crate) revision: i64,
    pub(crate) hash: String,
}

impl Reader {
    /// Recomputes the hash chain of every stream, or of one.
    ///
    /// # Errors
    /// Only what keeps it from looking; what it finds is in the answer.
    pub async fn verify(&self, only: Option<&StreamId>) -> Result<Verified, JournalError> {
        self.verify_telling(only, |_| {}).await
    }

    /// As [`Reader::verify`], and tells after each stream how far it is.
    ///
    /// # Errors
    /// Only what keeps it from looking; what it finds is in the answer.
    pub async fn verify_telling(
        &self,
        only: Option<&StreamId>,
        mut told: impl FnMut(&Verified) + Send,
    ) -> Result<Verified, JournalError> {
        let mut heads = stream::Entity::find().order_by_asc(stream::Column::Name);
        if let Some(only) = only {
            heads = heads.filter(stream::Column::Name.eq(only.to_string()));
        }
        let mut verified = Verified::default();
        let mut heads_hash = Sha256::new();
        for head in heads.all(&self.db).await? {
            verified.streams += 1;
            heads_hash.update(format!("{} {} {}\n", head.name, head.revision, head.hash));
            if let Some(broken) = self.verify_stream(&head, &mut verified).await? {
                verified.broken.push(broken);
            }
            told(&verified);
        }
        verified.heads = hex::encode(heads_hash.finalize());
        if only.is_none() {
            verified.broken.extend(self.headless().await?);
        }
        Ok(verified)
    }

    async fn verify_stream(
        &self,
        head: &stream::Model,
        verified: &mut Verified,
    ) -> Result<Option<BrokenLink>, JournalError> {
        let broken = |revision, problem: &str| {
            Some(BrokenLink {
                stream: head.name.clone(),
                revision,
                problem: problem.to_owned(),
            })
        };
        let mut walk = Walk::default();
        loop {
            let page = event::Entity::find()
                .filter(event::Column::Stream.eq(head.name.as_str()))
                .filter(event::Column::Revision.gt(walk.revision))
                .order_by_asc(event::Column::Revision)
                .limit(PAGE)
                .all(&self.db)
                .await?;
            if page.is_empty() {
                break;
            }
            for event in page {
                verified.events += 1;
                verified.erased += u64::from(event.payload.is_none());
                if let Err(problem) = check(&walk, &event) {
                    return Ok(broken(walk.revision + 1, problem));
                }
                walk = Walk {
                    revision: event.revision,
                    hash: event.hash,
                };
            }
        }
        if walk.revision < head.revision {
            return Ok(broken(walk.revision + 1, "the event is missing"));
        }
        // An append between reading the head and its events only makes the stream longer.
        if walk.revision == head.revision && walk.hash != head.hash {
            return Ok(broken(walk.revision, "the stream's head has another hash"));
        }
        Ok(None)
    }

    /// Events of streams that have no head: the head was removed by hand.
    async fn headless(&self) -> Result<Vec<BrokenLink>, JournalError> {
        let heads = stream::Entity::find()
            .select_only()
            .column(stream::Column::Name)
            .into_query();
        let names: Vec<String> = event::Entity::find()
            .select_only()
            .column(event::Column::Stream)
            .filter(event::Column::Stream.not_in_subquery(heads))
            .distinct()
            .into_tuple()
            .all(&self.db)
            .await?;
        Ok(names
            .into_iter()
            .map(|stream| BrokenLink {
                stream,
                revision: 1,
                problem: "the stream's head is missing".into(),
            })
            .collect())
    }
}

/// Whether an event is the next link.
pub(crate) fn check(walk: &Walk, event: &event::Model) -> Result<(), &'static str> {
    if event.revision != walk.revision + 1 {
        return Err("the event is missing");
    }
    if event.prev_hash != walk.hash {
        return Err("it does not continue the event before it");
    }
    if event
        .payload
        .as_deref()
        .is_some_and(|payload| payload_hash(payload) != event.payload_hash)
    {
        return Err("its payload has another hash");
    }
    if link(event) != event.hash {
        return Err("its fields have another hash");
    }
    Ok(())
}
