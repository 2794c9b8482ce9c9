# Every target is a few lines that can be typed by hand.
# ARGS goes to the program: make demo ARGS='--scenario latency --answer rollback'

.PHONY: help demo test check format lints documentation dependencies operate verify verify-demo bench bench-detect bench-suspects docs
NEXTEST := $(shell cargo nextest --version >/dev/null 2>&1 && echo yes)

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 13

demo: ## guard one deployment from start to end on this machine
	@scripts/need prometheus cc=gcc $(if $(findstring --alerts,$(ARGS)),prometheus-alertmanager)
	cargo build --bin tawny
	cargo run -q --bin tawny -- demo $(ARGS)

test: ## all tests; a real Prometheus, PostgreSQL and a headless Chromium take part
	@scripts/need prometheus initdb=postgresql chromium chromedriver=chromium-driver cc=gcc
ifeq ($(NEXTEST),yes)
	cargo nextest run --workspace $(ARGS)
else
	cargo test --workspace --lib --bins --tests --no-fail-fast $(ARGS)
endif
	cargo test -q --workspace --doc

check: format lints documentation dependencies ## format, lints, documentation; cargo-deny and cargo-machete where installed

format:
	cargo fmt --all --check
	python3 -c "import ast, pathlib; [ast.parse(path.read_text()) for path in pathlib.Path('scripts').glob('*.py')]"

lints:
	cargo clippy --workspace --all-targets -- -D warnings

documentation:
	@# With the examples, the libraries have the features that clippy has just checked them with.
	RUSTDOCFLAGS="-D warnings" cargo doc -q --workspace --no-deps --lib --bins --examples

dependencies:
	if cargo deny --version >/dev/null 2>&1; then cargo deny check; fi
	if cargo machete --version >/dev/null 2>&1; then cargo machete; fi

operate: ## docs/operate: rules and their tests, unit, image, manifests; each where its tool is installed
	promtool check rules docs/operate/prometheus/tawny.rules.yml
	promtool test rules docs/operate/prometheus/tawny.rules.test.yml
	if command -v systemd-analyze >/dev/null; then systemd-analyze security --offline=true --threshold=20 docs/operate/tawny.service >/dev/null; fi
	if command -v hadolint >/dev/null; then hadolint docs/operate/Dockerfile; fi
	if command -v kubernetes-validate >/dev/null; then kubernetes-validate --strict docs/operate/kubernetes/tawny.yaml docs/operate/kubernetes/rollouts-role.yaml; fi

verify: ## the slow checks, with their dated result in docs/verify; goes on where it was stopped
	@scripts/need prometheus python3 cc=gcc
	python3 scripts/verify.py $(ARGS)

verify-demo: ## the scenarios of the demo over seeds and intervals, into docs/demo.md; goes on where it was stopped
	@scripts/need prometheus python3 cc=gcc
	cargo build -q --bin tawny
	python3 scripts/demo_matrix.py --together 2 $(ARGS)

bench: ## durable appends of the journal per second
	cargo run -q --release -p journal --example durable_appends

bench-detect: ## the detector on made deployments, beside the rules of other tools; draws docs/detection.png
	@scripts/need python3
	cargo build -q --release --bin tawny
	python3 bench/detection/bench.py target/release/tawny --plot docs/detection.png $(ARGS)

CASES ?= tests/cases
bench-suspects: ## which change did it, over a folder of cases: make bench-suspects CASES=tests/cases
	@scripts/need python3
	cargo build -q --bin tawny
	python3 bench/suspects/bench.py target/debug/tawny $(CASES) $(if $(LABELS),--labels $(LABELS)) $(ARGS)
	cargo run -q -p guard --example suspect_features -- $(CASES) > target/suspect_features.jsonl
	python3 bench/suspects/fit.py target/suspect_features.jsonl $(or $(LABELS),$(CASES)/labels.jsonl)

docs: ## generated tables of README.md, docs/tawny.schema.json, docs/presets.md and docs/messages.md
	cargo run -q --example generate -- schema > docs/tawny.schema.json.new
	mv docs/tawny.schema.json.new docs/tawny.schema.json
	cargo run -q --example generate -- presets > docs/presets.md.new
	mv docs/presets.md.new docs/presets.md
	UPDATE_DOCS=1 cargo test -q --test readme
	UPDATE_DOCS=1 cargo test -q --test it the_page_of_messages
