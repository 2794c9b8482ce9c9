use super::*;

fn found(path: &str, lines: &str) -> Vec<Fact> {
    let file = File {
        path: path.to_owned(),
        patch: format!("@@ -1,9 +1,9 @@\n{lines}"),
        ..File::default()
    };
    facts(&file).into_iter().map(|found| found.fact).collect()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn key(key: &str, old: Option<&str>, new: Option<&str>) -> Fact {
    Fact::Key {
        key: key.to_owned(),
        old: old.map(ToOwned::to_owned),
        new: new.map(ToOwned::to_owned),
    }
}

#[test]
fn a_key_of_yaml_has_its_place_and_both_values() {
    let lines = " db:\n   pool:\n-    size: 20\n+    size: 2\n+    wait: 5s # more\n other: 1\n";
    assert_eq!(
        found("deploy/values.yaml", lines),
        [
            key("db.pool.size", Some("20"), Some("2")),
            key("db.pool.wait", None, Some("5s"))
        ]
    );
}

#[test]
fn keys_of_toml_json_and_environment_are_read_too() {
    assert_eq!(
        found("app.toml", " [server]\n-port = 80\n+port = 8080\n"),
        [key("server.port", Some("80"), Some("8080"))]
    );
    assert_eq!(
        found(
            "config/app.json",
            " {\n   \"cache\": {\n-    \"ttl\": 60,\n+    \"ttl\": 6\n   }\n"
        ),
        [key("cache.ttl", Some("60"), Some("6"))]
    );
    assert_eq!(
        found(".env.production", "-RETRIES=3\n+RETRIES=30\n"),
        [key("RETRIES", Some("3"), Some("30"))]
    );
    assert_eq!(
        found("app.properties", "-db.url=a\n"),
        [key("db.url", Some("a"), None)]
    );
}

#[test]
fn values_of_secrets_are_masked() {
    let facts = found(
        "config.yaml",
        "-db_password: hunter2\n+db_password: hunter3\n+url: postgres://a:b@c/d\n",
    );
    assert_eq!(
        facts,
        [
            key("db_password", Some("•••"), Some("•••")),
            key("url", None, Some("•••"))
        ]
    );
    assert!(is_secret("AWS_SECRET_ACCESS_KEY") && !is_secret("token_ttl"));
}

#[test]
fn a_dependency_that_has_another_version_is_found_in_each_ecosystem() {
    let bump = |name: &str, old: &str, new: &str| Fact::Bump {
        name: name.to_owned(),
        old: some(old),
        new: some(new),
    };
    for (path, lines, wanted) in [
        (
            "Cargo.toml",
            "-serde = \"1.0.1\"\n+serde = \"1.0.2\"\n",
            bump("serde", "1.0.1", "1.0.2"),
        ),
        (
            "Cargo.toml",
            "-tokio = { version = \"1.1\", features = [] }\n+tokio = { version = \"1.2\", features = [] }\n",
            bump("tokio", "1.1", "1.2"),
        ),
        (
            "Cargo.lock",
            " name = \"serde\"\n-version = \"1.0.1\"\n+version = \"1.0.2\"\n",
            bump("serde", "1.0.1", "1.0.2"),
        ),
        (
            "package.json",
            "-    \"left-pad\": \"^1.0.0\",\n+    \"left-pad\": \"^2.0.0\",\n",
            bump("left-pad", "1.0.0", "2.0.0"),
        ),
        (
            "package-lock.json",
            "     \"node_modules/left-pad\": {\n-      \"version\": \"1.0.0\",\n+      \"version\": \"2.0.0\",\n",
            bump("left-pad", "1.0.0", "2.0.0"),
        ),
        (
            "yarn.lock",
            " left-pad@^1.0.0:\n-  version \"1.0.0\"\n+  version \"2.0.0\"\n",
            bump("left-pad", "1.0.0", "2.0.0"),
        ),
        (
            "go.mod",
            "-\texample.com/pay v1.2.3\n+\texample.com/pay v1.3.0\n",
            bump("example.com/pay", "1.2.3", "1.3.0"),
        ),
        (
            "pom.xml",
            " <artifactId>guava</artifactId>\n-<version>30.0</version>\n+<version>31.0</version>\n",
            bump("guava", "30.0", "31.0"),
        ),
        (
            "build.gradle",
            "-implementation 'com.x:pay:1.0'\n+implementation 'com.x:pay:2.0'\n",
            bump("com.x:pay", "1.0", "2.0"),
        ),
        (
            "requirements.txt",
            "-requests==2.1\n+requests==2.2\n",
            bump("requests", "2.1", "2.2"),
        ),
        (
            "Gemfile",
            "-gem 'rack', '2.1'\n+gem 'rack', '2.2'\n",
            bump("rack", "2.1", "2.2"),
        ),
        (
            "Gemfile.lock",
            "-    rack (2.1)\n+    rack (2.2)\n",
            bump("rack", "2.1", "2.2"),
        ),
        (
            "Dockerfile",
            "-FROM rust:1.80-slim AS build\n+FROM rust:1.81-slim AS build\n",
            bump("rust", "1.80-slim", "1.81-slim"),
        ),
        (
            "Chart.yaml",
            " - name: redis\n-  version: 17.0.0\n+  version: 18.0.0\n",
            bump("redis", "17.0.0", "18.0.0"),
        ),
    ] {
        assert_eq!(found(path, lines), [wanted], "{path}");
    }
}

#[test]
fn a_version_says_how_far_it_went() {
    assert_eq!(step("1.2.3", "1.2.4"), Step::Patch);
    assert_eq!(step("^1.2.3", "v1.3.0"), Step::Minor);
    assert_eq!(step("1.2.3", "2.0.0"), Step::Major);
    assert_eq!(step("0.2.3", "0.3.0"), Step::Major);
    assert_eq!(step("abc", "def"), Step::Major);
}

#[test]
fn a_limit_that_code_sets_otherwise_is_found() {
    let facts = found(
        "src/client.rs",
        "-    .timeout(Duration::from_secs(30))\n+    .timeout(Duration::from_secs(3))\n",
    );
    assert_eq!(
        facts,
        [Fact::Limit {
            name: "timeout".to_owned(),
            old: some("30"),
            new: some("3")
        }]
    );
    let facts = found("app/client.py", "+MAX_RETRIES = 10\n");
    assert_eq!(
        facts,
        [Fact::Limit {
            name: "MAX_RETRIES".to_owned(),
            old: None,
            new: some("10")
        }]
    );
}

#[test]
fn a_migration_says_whether_something_is_dropped() {
    assert_eq!(
        found("db/migrations/1_a.sql", "+ALTER TABLE a DROP COLUMN b;\n"),
        [Fact::Migration { destructive: true }]
    );
    assert_eq!(
        found("migrations/1/up.sql", "+CREATE INDEX x ON a(b);\n"),
        [Fact::Migration { destructive: false }]
    );
    assert!(found("migrations/1/down.sql", "+DROP TABLE a;\n").is_empty());
}

#[test]
fn flags_routes_metrics_texts_and_symbols_are_found() {
    let is = |path: &str, line: &str, wanted: Fact| {
        let facts = found(path, line);
        assert!(facts.contains(&wanted), "{line}: {facts:?}");
    };
    is(
        "a.py",
        "+if client.is_enabled(\"new-checkout\"):\n",
        Fact::Flag {
            name: "new-checkout".to_owned(),
        },
    );
    is(
        "a.rs",
        "+const ENABLE_NEW_CART: bool = true;\n",
        Fact::Flag {
            name: "ENABLE_NEW_CART".to_owned(),
        },
    );
    is(
        "a.rs",
        "+    .route(\"/orders/{id}\", get(order))\n",
        Fact::Route {
            path: "/orders/{id}".to_owned(),
        },
    );
    is(
        "a.conf",
        "-location /api/ {\n",
        Fact::Route {
            path: "/api/".to_owned(),
        },
    );
    is(
        "a.go",
        "+var c = prometheus.NewCounter(\"orders_total\")\n",
        Fact::Metric {
            name: "orders_total".to_owned(),
        },
    );
    is(
        "a.py",
        "+    logger.error(\"payment was declined\")\n",
        Fact::Log {
            text: "payment was declined".to_owned(),
        },
    );
    is(
        "a.go",
        "+func (s *Shop) Charge(ctx Context) error {\n",
        Fact::Symbol {
            name: "Charge".to_owned(),
        },
    );
    is(
        "a.rs",
        "+pub async fn charge(order: &Order) {\n",
        Fact::Symbol {
            name: "charge".to_owned(),
        },
    );
}

#[test]
fn what_does_not_run_has_no_facts() {
    for path in [
        "tests/a.rs",
        "README.md",
        ".github/workflows/a.yml",
        "vendor/a/b.go",
    ] {
        assert!(
            found(path, "+fn charge() { timeout(30) }\n").is_empty(),
            "{path}"
        );
    }
}

#[test]
fn a_revert_says_of_what() {
    assert_eq!(reverted("Revert \"Add x\"", ""), Some("Add x"));
    assert_eq!(
        reverted("Revert \"Add x\"", "This reverts commit 0123456789ab."),
        Some("0123456789ab")
    );
    assert_eq!(reverted("Add x", "no"), None);
}

#[test]
fn any_diff_gives_facts_and_no_panic() {
    for line in [
        "+",
        "+:",
        "+=",
        "+\"",
        "+é: ü",
        "-timeout",
        "+fn ",
        "+FROM x",
        "+version = ",
        "+- name:",
    ] {
        for path in [
            "a.yaml",
            "Cargo.toml",
            "package.json",
            "a.rs",
            "Dockerfile",
            "go.mod",
        ] {
            found(path, line);
        }
    }
}
