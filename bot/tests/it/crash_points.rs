//! Killed at a named point, and begun again.

use crate::packages::SERVES;
use crate::server::Life;
use crate::world::World;

/// Three releases, the last of them bad and so rolled back. At each, the server is killed at the point,
/// each time at another pass of it.
async fn killed_at(point: &str, passes: [u32; 3]) {
    let mut world = World::small().await.with_first_version().await;
    for (pass, version) in passes.into_iter().zip(["v2", "v3", "bad"]) {
        if version == "bad" {
            world.prometheus.spoil(version);
        }
        let package = world.put("shop", version, SERVES);
        world.server.kill();
        let before = world.server.lives;
        world.server.begin(&Life {
            until: Some(format!("{point}:{pass}")),
            ..Life::default()
        });
        let id = world.deploy("shop", version, &package).await;
        let end = if version == "bad" {
            "rolled_back"
        } else {
            "promoted"
        };
        world.over(&id, end).await;
        let lives = world.server.lives - before;
        assert_eq!(lives, 2, "{version}: it died at pass {pass} of {point}");
    }
    let examined = world.examine().await;
    assert_eq!(examined.deployments.len(), 4);
}

macro_rules! killed {
    ($($name:ident $point:literal $passes:expr;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            killed_at($point, $passes).await;
        }
    )*};
}

killed! {
    killed_after_an_append_it_goes_on_from_what_is_written "after-append" [1, 4, 5];
    killed_after_a_claim_it_does_what_was_claimed_once "after-claim" [1, 3, 5];
    // The second spawn of the bad release is that of its rollback.
    killed_after_a_spawn_it_adopts_the_process "after-spawn" [1, 2, 2];
    killed_after_an_execution_it_does_not_execute_again "after-execution" [1, 2, 2];
    killed_after_a_post_it_does_not_post_again "after-post" [1, 4, 7];
}
