//! What was committed to the shop, by whom and when.

use crate::demo::scenario::Scenario;

/// Somebody who commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Author(pub(super) &'static str, pub(super) &'static str);

const MARA: Author = Author("Mara Lindqvist", "mara@shop.example");
const TOMASZ: Author = Author("Tomasz Wrona", "tomasz@shop.example");
const PRIYA: Author = Author("Priya Nair", "priya@shop.example");
const WEI: Author = Author("Chen Wei", "wei@shop.example");
const DIEGO: Author = Author("Diego Salas", "diego@shop.example");

/// What a commit does to one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edit {
    /// It is new, or wholly new.
    Put(&'static str, &'static str),
    /// A piece of it, which stands there once, becomes another one.
    Replace(&'static str, &'static str, &'static str),
}

/// A commit before it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) author: Author,
    pub(super) message: &'static str,
    pub(super) edits: &'static [Edit],
}

const fn change(author: Author, message: &'static str, edits: &'static [Edit]) -> Change {
    Change {
        author,
        message,
        edits,
    }
}

use Edit::{Put, Replace};

/// Up to the version that runs when the demo begins.
pub(super) const BEFORE: &[Change] = &[
    change(
        MARA,
        "A shop that shows its products",
        &[
            Put(
                "README.md",
                "# shop\n\nA small shop. `python -m shop` serves it; settings are in `config/shop.yaml`.\n",
            ),
            Put("shop/__main__.py", "from shop.app import main\n\nmain()\n"),
            Put("shop/app.py", include_str!("files/app.py")),
            Put("shop/catalog.py", include_str!("files/catalog.py")),
            Put("shop/config.py", include_str!("files/config.py")),
            Put("shop/database.py", include_str!("files/database.py")),
            Put("shop/cart.py", include_str!("files/cart.py")),
            Put("shop/checkout.py", include_str!("files/checkout.py")),
            Put(
                "config/shop.yaml",
                "host: 127.0.0.1\nport: 8080\ndatabase: shop.db\n",
            ),
            Put("requirements.txt", "PyYAML==6.0.1\n"),
            Put(".gitignore", "__pycache__/\n*.db\n"),
        ],
    ),
    change(
        MARA,
        "Tables for products, stock and carts",
        &[
            Put(
                "migrations/0001_products.sql",
                "create table products (id integer primary key, name text not null, price integer not null);\ncreate table stock (product integer references products, quantity integer not null);\n",
            ),
            Put(
                "migrations/0002_carts.sql",
                "create table cart_lines (cart text, product integer references products, quantity integer, price integer);\n",
            ),
        ],
    ),
    change(
        TOMASZ,
        "Tests for totals",
        &[Put(
            "tests/test_cart.py",
            "from shop.cart import total\n\n\ndef test_an_empty_cart_costs_nothing():\n    assert total([]) == 0\n\n\ndef test_quantities_count():\n    assert total([{\"quantity\": 2, \"price\": 5}]) == 10\n",
        )],
    ),
    change(
        PRIYA,
        "Orders are kept",
        &[Put(
            "migrations/0003_orders.sql",
            "create table orders (id integer primary key, customer text not null, total integer not null);\n",
        )],
    ),
    change(
        WEI,
        "Search by name",
        &[
            Put("shop/search.py", include_str!("files/search.py")),
            Replace(
                "shop/app.py",
                "from shop import cart, catalog, checkout, config\n",
                "from shop import cart, catalog, checkout, config, search\n",
            ),
            Replace(
                "shop/app.py",
                "    \"/checkout\": checkout.form,\n",
                "    \"/checkout\": checkout.form,\n    \"/search\": lambda: search.search(\"\"),\n",
            ),
        ],
    ),
    change(
        TOMASZ,
        "search: tests for ordering and the limit",
        &[
            Put(
                "tests/test_search.py",
                "from shop import search\n\n\ndef test_the_limit_holds(database):\n    assert len(search.search(\"a\", limit=3)) <= 3\n",
            ),
            Put(
                "tests/conftest.py",
                "import pytest\n\nfrom shop import database as pool\n\n\n@pytest.fixture\ndef database(tmp_path):\n    pool.open_pool(tmp_path / \"shop.db\")\n    yield pool\n",
            ),
        ],
    ),
    change(
        DIEGO,
        "Container image",
        &[
            Put(
                "Dockerfile",
                "FROM python:3.12-slim\nWORKDIR /srv/shop\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\nUSER 1000\nCMD [\"python\", \"-m\", \"shop\"]\n",
            ),
            Put(".dockerignore", ".git\ntests\n"),
        ],
    ),
    change(
        PRIYA,
        "Prices in other currencies",
        &[
            Put("shop/prices.py", include_str!("files/prices.py")),
            Put(
                "tests/test_prices.py",
                "from shop.prices import convert\n\n\ndef test_an_unknown_currency_stays_as_it_is():\n    assert convert(5, \"XXX\") == 5\n",
            ),
        ],
    ),
    change(
        MARA,
        "docs: how to run it locally",
        &[Put(
            "docs/running.md",
            "# Running\n\n1. `pip install -r requirements.txt`\n2. apply `migrations/` in order\n3. `python -m shop`\n",
        )],
    ),
    change(
        WEI,
        "Bump PyYAML to 6.0.2",
        &[Replace(
            "requirements.txt",
            "PyYAML==6.0.1",
            "PyYAML==6.0.2",
        )],
    ),
    change(
        DIEGO,
        "Health check for the load balancer",
        &[Replace(
            "shop/app.py",
            "ROUTES = {\n",
            "ROUTES = {\n    \"/healthz\": lambda: {\"ok\": True},\n",
        )],
    ),
    change(
        TOMASZ,
        "Index for the search",
        &[Put(
            "migrations/0004_products_by_name.sql",
            "create index products_by_name on products (name);\n",
        )],
    ),
    change(
        PRIYA,
        "checkout: refuse an empty cart",
        &[
            Replace(
                "shop/checkout.py",
                "    order = cart.show(cart_id)\n",
                "    order = cart.show(cart_id)\n    if not order[\"lines\"]:\n        return {\"error\": \"the cart is empty\"}\n",
            ),
            Put(
                "tests/test_checkout.py",
                "from shop import checkout\n\n\ndef test_an_empty_cart_is_refused(database):\n    assert \"error\" in checkout.place(\"nobody\", \"ann\")\n",
            ),
        ],
    ),
    change(
        DIEGO,
        "Listen on all interfaces in the container",
        &[Put(
            "config/container.yaml",
            "host: 0.0.0.0\nport: 8080\ndatabase: /var/lib/shop/shop.db\n",
        )],
    ),
    change(
        WEI,
        "Metrics for Prometheus",
        &[
            Put(
                "shop/metrics.py",
                "\"\"\"Counters and histograms, as Prometheus reads them.\"\"\"\n\nfrom prometheus_client import Counter, Histogram\n\nREQUESTS = Counter(\"http_requests_total\", \"Requests\", [\"route\", \"code\"])\nSECONDS = Histogram(\"http_request_duration_seconds\", \"Seconds\", [\"route\"])\n",
            ),
            Replace(
                "requirements.txt",
                "PyYAML==6.0.2\n",
                "PyYAML==6.0.2\nprometheus-client==0.20.0\n",
            ),
        ],
    ),
    change(
        MARA,
        "docs: what the metrics mean",
        &[Put(
            "docs/metrics.md",
            "# Metrics\n\n`http_requests_total` counts by route and code. `http_request_duration_seconds` is a histogram by route.\n",
        )],
    ),
    change(
        TOMASZ,
        "cart: prices are what they were when it was filled",
        &[Put(
            "migrations/0005_price_of_the_day.sql",
            "alter table cart_lines add column priced_at text;\n",
        )],
    ),
];

/// What came after it and harms nobody.
pub(super) const BETWEEN: &[Change] = &[
    change(
        PRIYA,
        "docs: who to ask about prices",
        &[Put(
            "docs/owners.md",
            "# Owners\n\nPrices: Priya. Search: Wei. Everything else: Mara.\n",
        )],
    ),
    change(
        WEI,
        "Bump prometheus-client to 0.21.0",
        &[Replace(
            "requirements.txt",
            "prometheus-client==0.20.0",
            "prometheus-client==0.21.0",
        )],
    ),
    change(
        DIEGO,
        "Smaller image: no cache of byte code",
        &[Replace(
            "Dockerfile",
            "WORKDIR /srv/shop\n",
            "ENV PYTHONDONTWRITEBYTECODE=1\nWORKDIR /srv/shop\n",
        )],
    ),
    change(
        TOMASZ,
        "tests: totals with more than one line",
        &[Replace(
            "tests/test_cart.py",
            "def test_quantities_count():",
            "def test_lines_add_up():\n    lines = [{\"quantity\": 1, \"price\": 3}, {\"quantity\": 2, \"price\": 4}]\n    assert total(lines) == 11\n\n\ndef test_quantities_count():",
        )],
    ),
    change(
        MARA,
        "Norwegian and Danish crowns",
        &[Replace(
            "shop/prices.py",
            "\"SEK\": 11.4}",
            "\"SEK\": 11.4, \"NOK\": 11.7, \"DKK\": 7.46}",
        )],
    ),
    change(
        PRIYA,
        "A table for gift cards, not used yet",
        &[Put(
            "migrations/0006_gift_cards.sql",
            "create table gift_cards (code text primary key, amount integer not null);\n",
        )],
    ),
    change(
        DIEGO,
        "Log in the format of the platform",
        &[Put(
            "config/logging.yaml",
            "version: 1\nformat: json\nlevel: info\n",
        )],
    ),
];

/// What does the harm, where the release does any.
pub(super) fn guilty(scenario: Scenario) -> Option<Change> {
    Some(match scenario {
        Scenario::ErrorSpike => change(
            TOMASZ,
            "cart: coupons lower the total",
            &[
                Replace(
                    "shop/cart.py",
                    "    return {\"lines\": lines, \"total\": total(lines)}\n",
                    "        coupon = db.all(\"select percent from coupons where cart = ?\", cart_id)[0]\n    return {\"lines\": lines, \"total\": total(lines) * (100 - coupon[\"percent\"]) / 100}\n",
                ),
                Put(
                    "migrations/0007_coupons.sql",
                    "create table coupons (cart text, percent integer not null);\n",
                ),
            ],
        ),
        Scenario::Latency => change(
            WEI,
            "catalog: stock per warehouse",
            &[
                Replace(
                    "shop/catalog.py",
                    "        return db.all(\n            \"select p.id, p.name, p.price, s.quantity from products p\"\n            \" join stock s on s.product = p.id order by p.name limit ?\",\n            limit,\n        )\n",
                    "        found = db.all(\"select id, name, price from products order by name limit ?\", limit)\n        for product in found:\n            product[\"stock\"] = db.all(\n                \"select warehouse, quantity from stock where product = ?\", product[\"id\"]\n            )\n        return found\n",
                ),
                Put(
                    "migrations/0007_warehouses.sql",
                    "alter table stock add column warehouse text;\n",
                ),
            ],
        ),
        Scenario::MemoryLeak => change(
            WEI,
            "search: remember what was found",
            &[
                Replace(
                    "shop/search.py",
                    "from shop import database\n",
                    "from shop import database\n\nFOUND = {}\n",
                ),
                Replace(
                    "shop/search.py",
                    "def search(text, limit=20):\n    with",
                    "def search(text, limit=20, visitor=None):\n    if (visitor, text) in FOUND:\n        return FOUND[(visitor, text)][:limit]\n    with",
                ),
                Replace(
                    "shop/search.py",
                    "    return sorted(found, key=lambda product: product[\"name\"])[:limit]\n",
                    "    FOUND[(visitor, text)] = sorted(found, key=lambda product: product[\"name\"])\n    return FOUND[(visitor, text)][:limit]\n",
                ),
            ],
        ),
        Scenario::PoolLeak => change(
            PRIYA,
            "checkout: check the stock before the order",
            &[
                Replace(
                    "shop/checkout.py",
                    "    with database.connection() as db:\n        db.run(",
                    "    db = database.acquire()\n    for line in order[\"lines\"]:\n        left = db.all(\"select quantity from stock where product = ?\", line[\"product\"])\n        if not left or left[0][\"quantity\"] < line[\"quantity\"]:\n            return {\"error\": \"sold out\"}\n    db.run(",
                ),
                Replace(
                    "shop/checkout.py",
                    "    return {\"order\": order}\n",
                    "    database.release(db)\n    return {\"order\": order}\n",
                ),
            ],
        ),
        Scenario::Cpu => change(
            WEI,
            "search: forgive typing mistakes",
            &[Replace(
                "shop/search.py",
                "        found = db.all(\"select id, name, price from products where name like ?\", f\"%{text}%\")\n    return sorted(found, key=lambda product: product[\"name\"])[:limit]\n",
                "        found = db.all(\"select id, name, price from products\")\n    return sorted(found, key=lambda product: distance(product[\"name\"], text))[:limit]\n\n\ndef distance(one, other):\n    if not one or not other:\n        return len(one) + len(other)\n    same = 0 if one[0] == other[0] else 1\n    return min(\n        distance(one[1:], other) + 1,\n        distance(one, other[1:]) + 1,\n        distance(one[1:], other[1:]) + same,\n    )\n",
            )],
        ),
        Scenario::Crash => change(
            DIEGO,
            "Stop when the price feed is missing",
            &[Replace(
                "shop/prices.py",
                "\"\"\"Prices in the customer's currency.\"\"\"\n",
                "\"\"\"Prices in the customer's currency.\"\"\"\n\nimport logging\nimport os\nimport threading\n\nFEED = os.environ.get(\"PRICE_FEED\", \"/var/run/prices\")\n\n\ndef watch_feed():\n    if not os.path.exists(FEED):\n        logging.critical(\"price feed %s is missing, stopping\", FEED)\n        os._exit(70)\n    threading.Timer(30, watch_feed).start()\n\n\nthreading.Timer(30, watch_feed).start()\n",
            )],
        ),
        Scenario::Dependency | Scenario::Healthy | Scenario::Quiet => return None,
    })
}
