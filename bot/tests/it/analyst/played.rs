//! The played model, before the server that is as strict as OpenAI's.

use super::scene::{GUILTY, Scene};
use crate::model::Double;
use bot::scripted::play;
use guard::root_cause::{Conclusion, Ended};
use messages::Locale;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_played_model_names_the_first_suspect_with_what_tools_answered_in_both_languages() {
    for locale in [Locale::En, Locale::ZhCn] {
        let double = Double::of(|request, _| play(request).into()).await;
        let mut scene = Scene::at(&double).await;
        scene.question.locale = locale;
        let found = scene.investigate().await;
        assert_eq!(double.refused(), Vec::<String>::new());
        assert_eq!(found.ended, Ended::Whole);
        let draft = found.draft.unwrap();
        assert_eq!(draft.conclusion, Conclusion::Suspect { id: GUILTY.into() });
        let cites = draft.evidence_for.iter().map(|claim| claim.cites.len());
        assert!(
            cites.clone().count() > 0 && cites.min() > Some(0),
            "{draft:#?}"
        );
        let chinese = draft
            .summary
            .contains(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
        assert_eq!(chinese, locale == Locale::ZhCn, "{}", draft.summary);
        assert!(!draft.summary.contains('{'), "{}", draft.summary);
        let tools: Vec<_> = found.answers.iter().map(|one| one.tool.as_str()).collect();
        assert_eq!(tools[..2], ["get_deployment", "rank_suspects"], "{tools:?}");
        assert!(tools.contains(&"compare_windows"), "it doubted: {tools:?}");
    }
}
