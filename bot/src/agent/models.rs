//! The configured models: within their bounds, with patience, and the next one where one fails.

use super::endpoint::{Endpoint, Fault, Reply, Request, Said, body};
use super::ledger::{Account, Estimate, Ledger, money};
use super::meters::AgentMeters;
use config::{Live, Settings};
use engine::clock::Clock;
use guard::root_cause::{Over, Short, Spent};
use journal::{Inbox, Reader};
use mcp_server::answer::tokens;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout_at};

/// Attempts at one endpoint.
const ATTEMPTS: u32 = 3;
/// The wait before the second attempt; before the third one twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Who is to wait longer turns to the next endpoint.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// The configured models. Clones share accounts and counters.
#[derive(Clone)]
pub struct Models {
    settings: Live<Settings>,
    ledger: Ledger,
    meters: AgentMeters,
    /// One at a time looks at the accounts and enters what it is about to spend.
    counting: Arc<Mutex<()>>,
    /// Clients of the endpoints as they are configured now.
    known: Arc<Mutex<Vec<Endpoint>>>,
}

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// As a report says it.
    pub why: Short,
    /// For the log and for `tawny agent test`: which endpoint had what trouble.
    pub faults: Vec<(String, Fault)>,
}

/// The requests of one piece of work: until when they may last, and what they came to.
pub struct Work {
    pub(super) account: Account,
    pub(super) until: Instant,
    began: Instant,
    total: journal::Spent,
    last: Option<(String, String)>,
    /// The endpoint that answered last goes first: a dialogue stays with one model.
    stays_with: Option<String>,
    pub(super) tools: u32,
    /// The bound that a request would have broken.
    over: Option<Over>,
}

impl Models {
    /// Those of the settings, as they are at the time of each request.
    #[must_use]
    pub fn new(
        settings: Live<Settings>,
        reader: Reader,
        inbox: Option<Inbox>,
        clock: Clock,
        meters: AgentMeters,
    ) -> Self {
        Self {
            settings,
            ledger: Ledger {
                reader,
                inbox,
                clock,
            },
            meters,
            counting: Arc::default(),
            known: Arc::default(),
        }
    }

    /// Whether there are any.
    #[must_use]
    pub fn are_there(&self) -> bool {
        self.settings.get().agent.is_on()
    }

    pub(super) fn settings(&self) -> Arc<Settings> {
        self.settings.get()
    }

    pub(super) fn meters(&self) -> &AgentMeters {
        &self.meters
    }

    /// The endpoints as configured now.
    async fn endpoints(&self) -> Vec<Endpoint> {
        let settings = self.settings.get();
        let wanted = &settings.agent.endpoints;
        let mut known = self.known.lock().await;
        let same = known.len() == wanted.len()
            && known
                .iter()
                .zip(wanted)
                .all(|(have, want)| have.settings() == want);
        if !same {
            let made = wanted.iter().map(Endpoint::new);
            *known = made
                .filter_map(|made| {
                    made.inspect_err(|error| tracing::error!(error, "a model cannot be asked"))
                        .ok()
                })
                .collect();
        }
        known.clone()
    }

    /// Asks, and keeps asking within the time of the work: the same endpoint where it may help, else the next one.
    ///
    /// # Errors
    /// Why nobody answered.
    pub async fn ask(&self, work: &mut Work, request: &Request) -> Result<Reply, Stop> {
        let mut endpoints = self.endpoints().await;
        if endpoints.is_empty() {
            return Err(Stop::of(Short::NoModel));
        }
        if let Some(name) = &work.stays_with {
            endpoints.sort_by_key(|endpoint| endpoint.name() != name);
        }
        let mut stop = Stop::of(Short::Failed);
        for (place, endpoint) in endpoints.iter().enumerate() {
            let others_follow = place + 1 < endpoints.len();
            for attempt in 1..=ATTEMPTS {
                let fault = match self.once(work, endpoint, request).await {
                    Ok(Ok(reply)) => {
                        work.stays_with = Some(endpoint.name().to_owned());
                        return Ok(reply);
                    }
                    Ok(Err(fault)) => fault,
                    Err(why) => {
                        stop.why = why;
                        return Err(stop);
                    }
                };
                let wait = wait(&fault, attempt);
                tracing::warn!(endpoint = endpoint.name(), error = %fault, attempt, "a model did not answer");
                stop.why = fault.short();
                let last = stop.faults.last();
                if last.is_none_or(|(name, known)| name != endpoint.name() || *known != fault) {
                    stop.faults
                        .push((endpoint.name().to_owned(), fault.clone()));
                }
                // Who hangs once would hang until no time is left for anybody else.
                if others_follow && matches!(fault, Fault::Silent(_)) {
                    break;
                }
                if !fault.passes() || attempt == ATTEMPTS || wait > LONGEST_WAIT {
                    break;
                }
                if Instant::now() + wait >= work.until {
                    break;
                }
                sleep(wait).await;
            }
        }
        Err(stop)
    }

    /// One request. The outer error is a bound that it would break.
    async fn once(
        &self,
        work: &mut Work,
        endpoint: &Endpoint,
        request: &Request,
    ) -> Result<Result<Reply, Fault>, Short> {
        if Instant::now() >= work.until {
            return Err(Short::Deadline);
        }
        let settings = self.settings.get();
        let next = estimate(endpoint, request);
        let unkept = |error: journal::JournalError| {
            tracing::error!(%error, "what models cost cannot be kept, so none is asked");
            Short::Failed
        };
        let charge = {
            let _alone = self.counting.lock().await;
            let account = &work.account;
            let over = self.ledger.room(&settings, account, endpoint.model(), next);
            if let Some((why, over)) = over.await.map_err(unkept)? {
                work.over = Some(over);
                return Err(why);
            }
            let begun = self.ledger.begin(&settings, account, endpoint, next);
            begun.await.map_err(unkept)?
        };
        let began = Instant::now();
        let answered = timeout_at(work.until, endpoint.ask(request)).await;
        let (outcome, usage) = match &answered {
            Ok(Ok(reply)) => (
                "answered",
                reply.usage.or_else(|| Some(counted(next, reply))),
            ),
            // What nobody began to answer costs nothing; what broke off may have cost all of it.
            Ok(Err(fault @ (Fault::Silent(_) | Fault::CutOff | Fault::TooLong(_)))) => {
                (fault.word(), None)
            }
            Ok(Err(fault)) => (fault.word(), Some(super::endpoint::Usage::default())),
            Err(_) => ("deadline", None),
        };
        let ended = self
            .ledger
            .end(&settings, charge, outcome, usage, began.elapsed());
        match ended.await {
            Ok(call) => {
                self.meters.asked(&call);
                work.total = work.total.and(&call);
                work.last = Some((call.endpoint, call.model));
            }
            Err(error) => tracing::error!(%error, "what a model cost cannot be kept"),
        }
        answered.map_err(|_| Short::Deadline)
    }

    /// How large what is said so far is to the model that is asked first, and how much it can read.
    pub(super) async fn size(&self, request: &Request) -> Option<(u64, u64)> {
        let endpoints = self.endpoints().await;
        let endpoint = endpoints.first()?;
        let settings = endpoint.settings();
        let reads = u64::from(settings.context_tokens.get());
        let next = estimate(endpoint, request);
        Some((next.input, reads.saturating_sub(next.output)))
    }

    /// Whether after another request of this size, with its answer, there would be no room for one more.
    pub(super) async fn nearly_spent(&self, account: &Account, size: u64) -> bool {
        let endpoints = self.endpoints().await;
        let Some(endpoint) = endpoints.first() else {
            return true;
        };
        let output = u64::from(endpoint.settings().answer_tokens.get());
        // Each step adds the answer and what tools say to it.
        let input = size
            .saturating_mul(2)
            .saturating_add(output.saturating_mul(2));
        let next = Estimate {
            input,
            output: output * 2,
        };
        let settings = self.settings.get();
        let room = self.ledger.room(&settings, account, endpoint.model(), next);
        !matches!(room.await, Ok(None))
    }

    /// Whether the form of the answer is asked for in such a request.
    pub(super) async fn asks_for_form(&self, request: &Request) -> bool {
        let endpoints = self.endpoints().await;
        let first = endpoints.first();
        first.is_none_or(|endpoint| request.asks_for_form(endpoint))
    }

    /// A first line for the account of a piece of work.
    pub(super) fn begin(&self, account: Account, time: Duration) -> Work {
        Work {
            account,
            until: Instant::now() + time,
            began: Instant::now(),
            total: journal::Spent::default(),
            last: None,
            stays_with: None,
            tools: 0,
            over: None,
        }
    }

    /// What a piece of work came to.
    pub(super) fn spent(&self, work: &Work) -> Spent {
        let total = &work.total;
        let (endpoint, model) = work.last.clone().unwrap_or_default();
        Spent {
            model,
            endpoint,
            calls: u32::try_from(total.calls).unwrap_or(u32::MAX),
            steps: work.tools,
            tokens_in: total.tokens_in,
            tokens_cached: total.tokens_cached,
            tokens_out: total.tokens_out,
            cost: money(&self.settings.get(), total),
            seconds: work.began.elapsed().as_secs_f64(),
            over: work.over,
        }
    }
}

impl Work {
    /// How much of its time is over, 0 to 1.
    pub(super) fn gone(&self) -> f64 {
        let all = self.until - self.began;
        self.began.elapsed().as_secs_f64() / all.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

impl Stop {
    pub(super) fn of(why: Short) -> Self {
        let faults = Vec::new();
        Self { why, faults }
    }
}

/// As long as the server says; else longer each time, by chance a little more or less, so that not all come at once.
fn wait(fault: &Fault, attempt: u32) -> Duration {
    if let Fault::Busy {
        wait: Some(wait), ..
    } = fault
    {
        return *wait;
    }
    let usual = FIRST_WAIT * 2_u32.saturating_pow(attempt - 1);
    usual.mul_f64(0.75 + rand::random::<f64>() / 2.0)
}

fn estimate(endpoint: &Endpoint, request: &Request) -> Estimate {
    let text = body(endpoint, request).to_string();
    Estimate {
        input: tokens::count(&text) as u64,
        output: u64::from(endpoint.settings().answer_tokens.get()),
    }
}

/// Where the server does not count, we do.
fn counted(next: Estimate, reply: &Reply) -> super::endpoint::Usage {
    let calls = reply.calls.iter();
    let written: usize = calls
        .map(|call| tokens::count(&call.name) + tokens::count(&call.arguments))
        .sum();
    super::endpoint::Usage {
        input: next.input,
        cached: 0,
        output: (tokens::count(&reply.text) + written) as u64,
    }
}

/// What a model said, as it is kept in the dialogue.
pub(super) fn kept(reply: &Reply) -> Said {
    Said::Model {
        text: reply.text.clone(),
        calls: reply.calls.clone(),
    }
}
