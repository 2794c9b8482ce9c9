//! The whole report.

use super::Told;
use super::lines::{checked, query, spent, stated};
use super::names::{addressed, advice, conclusion, confidence, ended, place};
use crate::context::Context;
use crate::document::{Document, Section};
use crate::foreign::Foreign;
use crate::model::{Fact, Row, Severity, Table};
use crate::say;
use crate::text::Text;
use guard::root_cause::{Conclusion, Stated, Weighed};

/// The report as a document.
#[must_use]
pub fn document(told: &Told, context: &Context) -> Document {
    let report = &told.report;
    let lead = say!(
        context,
        "lead",
        service = Foreign::from(&told.service),
        environment = Foreign::from(&told.environment),
        version = Foreign::from(&told.version)
    );
    let sections = [
        body("root-cause-summary", vec![report.summary.clone()], context),
        listed("root-cause-impact", &report.impact, context),
        queries(told, context),
        cause(told, context),
        listed("root-cause-for", &report.evidence_for, context),
        listed("root-cause-against", &report.evidence_against, context),
        hypotheses(told, context),
        listed("root-cause-ruled-out", &report.ruled_out, context),
        listed("root-cause-contributing", &report.contributing, context),
        moments(told, context),
        listed("root-cause-time-lost", &report.time_lost, context),
        recommendation(told, context),
        body(
            "root-cause-solution",
            vec![report.solution.clone()],
            context,
        ),
        Section {
            items: report.action_items.clone(),
            ..titled("root-cause-items", context)
        },
        Section {
            items: report
                .addressed
                .iter()
                .map(|one| addressed(one, context))
                .collect(),
            ..titled("root-cause-addressed-title", context)
        },
    ];
    Document {
        severity: match report.conclusion {
            Conclusion::Suspect { .. } => Severity::Alarm,
            Conclusion::None | Conclusion::Unknown => Severity::Warning,
        },
        title: say!(context, "root-cause-title", lead = lead),
        headline: conclusion(&report.conclusion, told, context),
        facts: facts(told, context),
        sections: sections
            .into_iter()
            .filter(|part: &Section| !part.is_empty())
            .collect(),
        footer: say!(
            context,
            "root-cause-footer",
            id = Foreign::from(&told.deployment)
        ),
    }
}

fn titled(key: &'static str, context: &Context) -> Section {
    Section::new(context.words().text(key, Vec::new()))
}

fn body(key: &'static str, texts: Vec<Text>, context: &Context) -> Section {
    Section {
        body: texts.into_iter().filter(|text| !text.is_empty()).collect(),
        ..titled(key, context)
    }
}

fn listed(key: &'static str, all: &[Stated<Text>], context: &Context) -> Section {
    Section {
        items: all.iter().map(|one| stated(one, context)).collect(),
        ..titled(key, context)
    }
}

fn fact(label: Text, value: Text) -> Fact {
    Fact { label, value }
}

fn facts(told: &Told, context: &Context) -> Vec<Fact> {
    let report = &told.report;
    let mut all = vec![
        fact(
            say!(context, "root-cause-label-confidence"),
            confidence(report.confidence, context),
        ),
        fact(
            say!(context, "root-cause-label-advice"),
            advice(report.recommendation.action, context),
        ),
        fact(
            say!(context, "root-cause-label-written"),
            checked(report, context),
        ),
    ];
    if let Some(cost) = &report.spent {
        all.push(fact(
            say!(context, "root-cause-label-spent"),
            spent(cost, context),
        ));
    }
    if let Some(why) = ended(report, context) {
        all.push(fact(say!(context, "root-cause-label-short"), why));
    }
    all
}

fn queries(told: &Told, context: &Context) -> Section {
    Section {
        facts: told
            .report
            .queries
            .iter()
            .map(|one| query(one, context))
            .collect(),
        ..titled("root-cause-queries", context)
    }
}

/// What did it, how, and where.
fn cause(told: &Told, context: &Context) -> Section {
    let report = &told.report;
    let where_to = report.place.as_ref().map(|spot| {
        let line = spot.line.map(|line| line.to_string()).unwrap_or_default();
        let at = if line.is_empty() {
            Text::code(Foreign::new(&spot.path))
        } else {
            place(&spot.path, &line)
        };
        say!(context, "root-cause-look-at", place = at)
    });
    let said = conclusion(&report.conclusion, told, context);
    let texts = [Some(said), Some(report.mechanism.clone()), where_to];
    body(
        "root-cause-cause",
        texts.into_iter().flatten().collect(),
        context,
    )
}

fn hypotheses(told: &Told, context: &Context) -> Section {
    let weighed = |one: &Weighed<Text>| {
        let what = conclusion(&one.conclusion, told, context);
        let said = if one.because.is_empty() {
            what
        } else {
            say!(
                context,
                "root-cause-weighed",
                what = what,
                because = one.because.clone()
            )
        };
        match &one.refuted_by {
            None => said,
            Some(why) => say!(
                context,
                "root-cause-refuted",
                said = said,
                why = stated(why, context)
            ),
        }
    };
    Section {
        items: told.report.hypotheses.iter().map(weighed).collect(),
        ..titled("root-cause-hypotheses", context)
    }
}

/// The six moments, each with its time or that it did not come.
fn moments(told: &Told, context: &Context) -> Section {
    let words = context.words();
    let named = |name: &str| match name {
        "deploy_began" => say!(words, "root-cause-moment-began"),
        "deploy_ended" => say!(words, "root-cause-moment-ended"),
        "first_anomaly" => say!(words, "root-cause-moment-anomaly"),
        "alerted" => say!(words, "root-cause-moment-alerted"),
        "rollback_asked" => say!(words, "root-cause-moment-back"),
        _ => say!(words, "root-cause-moment-recovered"),
    };
    let rows = told.milestones.all().map(|(name, at)| Row {
        cells: vec![
            named(name),
            match at {
                Some(at) => context.date(at.0),
                None => say!(words, "root-cause-moment-none"),
            },
        ],
        details: Vec::new(),
    });
    let mut section = titled("root-cause-moments", context);
    section.table = Some(Table {
        title: section.title.clone(),
        columns: vec![
            say!(words, "root-cause-column-moment"),
            say!(words, "root-cause-column-at"),
        ],
        rows: rows.into(),
        more: None,
    });
    section
}

fn recommendation(told: &Told, context: &Context) -> Section {
    let said = &told.report.recommendation;
    let risk =
        (!said.risk.is_empty()).then(|| say!(context, "root-cause-risk", risk = said.risk.clone()));
    let texts = [
        Some(advice(said.action, context)),
        Some(said.because.clone()),
        risk,
    ];
    body(
        "root-cause-recommendation",
        texts.into_iter().flatten().collect(),
        context,
    )
}
