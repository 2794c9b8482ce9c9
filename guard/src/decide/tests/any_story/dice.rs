//! What may happen next.

use super::*;

impl World {
    pub(super) fn happens(&mut self, dice: u8) -> Vec<Event> {
        let broken = |restored| Outcome::Failed {
            instance: None,
            error: "disk full".into(),
            restored,
        };
        let warning = Finding {
            budget: Budget::Warn,
            ..finding()
        };
        self.story.wait(i64::from(dice % 7));
        match dice % 40 {
            0..6 => self.fire(),
            6..9 => self.end(Outcome::Done),
            9 => self.end(broken(true)),
            10 => self.end(broken(false)),
            11 => self.end(Outcome::Stale {
                why: "instance a is gone".into(),
            }),
            12 => self.end(Outcome::Stopped),
            13 | 14 => self.one_instance(),
            15..18 => self.look(Verdict::Healthy, vec![]),
            18 => self.look(Verdict::Inconclusive, vec![]),
            19 => self.look(Verdict::Unmeasured, vec![]),
            20 => self.look(Verdict::Degraded, vec![warning]),
            21 => self.look(Verdict::Degraded, vec![finding()]),
            22 => self.look(Verdict::Degraded, vec![severe()]),
            23 => {
                self.said = None;
                self.tell(Happened::MetricsLost {
                    source: "prometheus".into(),
                    error: "timeout".into(),
                })
            }
            24 => self.tell(Happened::MetricsBack {
                source: "prometheus".into(),
            }),
            25 => self.tell(Happened::Cured { signals: vec![] }),
            26 => self.command(Command::Pause),
            27 => self.command(Command::Resume),
            28 => self.command(Command::Hold),
            29 => self.command(Command::Promote),
            30 => self.command(Command::Rollback),
            31 => self.choose(Choice::Resume),
            32 => self.choose(Choice::Hold),
            33 => self.choose(Choice::Rollback),
            34 if dice > 200 => self.command(Command::Abandon),
            35 if dice > 200 => self.tell(Happened::Superseded {
                by: DeploymentId::new("dep_2").unwrap(),
            }),
            38 if dice > 120 => self.turn(),
            38 if dice > 40 => self.tell(Happened::MovedUp {
                behind: behind(if dice > 80 { "dep_7" } else { "dep_8" }),
            }),
            39 if dice > 120 => self.turn(),
            39 if dice > 80 => self.tell(Happened::CannotBegin {
                error: "instances run different versions".into(),
            }),
            39 if dice > 40 => self.tell(Happened::TurnLost {
                because: TurnLost {
                    before: behind("dep_0"),
                    ending: Ending::Failed,
                },
            }),
            36 if dice > 120 => self.alert(dice),
            37 if dice > 200 => self.tell(Happened::Reported {
                by: "github".into(),
                outcome: if dice > 220 {
                    Reported::Failed
                } else {
                    Reported::Succeeded
                },
                reason: None,
            }),
            37 if dice > 200 => {
                let open = self.state.iter().flat_map(State::requests).next();
                let taken = open.map(|known| known.request.id.clone());
                match taken {
                    Some(request) if dice > 230 => self.tell(Happened::RequestTakenBack {
                        request,
                        client: "ide".to_owned(),
                    }),
                    _ => self.tell(super::requested::asks(
                        &format!("req_{dice}"),
                        [Choice::Pause, Choice::Resume, Choice::Rollback][usize::from(dice) % 3],
                    )),
                }
            }
            37 if dice > 120 => self.tell(Happened::Named {
                by: mei(),
                culprit: Culprit::NotThisDeployment,
                note: None,
            }),
            36 | 37 => self.tell(Happened::Judged {
                by: mei(),
                judgement: Judgement::ALL[usize::from(dice / 40) % 4],
                note: None,
                since: None,
            }),
            _ => self.tell(Happened::BaselineCaptured {
                history_s: 40.0,
                blind: vec![],
            }),
        }
    }

    fn alert(&mut self, dice: u8) -> Vec<Event> {
        let alert = Alert {
            key: AlertKey {
                source: "alertmanager".into(),
                fingerprint: "a".into(),
                starts_at: self.story.now,
            },
            name: "HighErrorRate".into(),
            severity: AlertSeverity::Critical,
            service: ServiceName::new("shop").unwrap(),
            environment: None,
            summary: None,
        };
        self.tell(Happened::Alerted {
            alert: Box::new(alert),
            relation: if dice > 160 {
                Relation::Own
            } else {
                Relation::Calls
            },
            status: if dice > 230 {
                AlertStatus::Over
            } else {
                AlertStatus::Firing
            },
        })
    }
}
