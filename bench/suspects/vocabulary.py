"""What made services are made of: modules, languages, and how each language writes the same thing."""

MODULES = {
    "orders": ("orders", "order", ["place_order", "cancel_order", "list_orders", "merge_orders"], ["total_cents", "customer_id", "placed_at", "discount"]),
    "payments": ("payments", "payment", ["charge_card", "refund_payment", "capture_payment", "verify_card"], ["amount_cents", "card_token", "currency", "captured_at"]),
    "cart": ("carts", "cart", ["add_item", "remove_item", "price_cart", "expire_carts"], ["item_count", "subtotal", "coupon", "expires_at"]),
    "catalog": ("products", "product", ["load_product", "list_products", "rank_products", "sync_prices"], ["sku", "list_price", "category_id", "stock_level"]),
    "search": ("search_terms", "term", ["search_products", "suggest_terms", "index_document", "score_hits"], ["phrase", "boost", "facet", "locale"]),
    "users": ("users", "user", ["load_user", "update_profile", "register_user", "merge_accounts"], ["email", "display_name", "avatar_url", "verified_at"]),
    "sessions": ("sessions", "session", ["open_session", "refresh_session", "close_session", "check_session"], ["session_key", "user_agent", "refreshed_at", "scope"]),
    "inventory": ("stock", "stock", ["reserve_stock", "release_stock", "count_stock", "move_stock"], ["warehouse_id", "reserved", "shelf", "batch_no"]),
    "shipping": ("shipments", "shipment", ["quote_shipping", "book_shipment", "track_shipment", "print_label"], ["carrier", "weight_grams", "tracking_no", "postcode"]),
    "invoices": ("invoices", "invoice", ["render_invoice", "send_invoice", "void_invoice", "number_invoices"], ["invoice_no", "tax_rate", "due_on", "iban"]),
    "notifications": ("messages", "message", ["send_email", "queue_sms", "render_template", "drain_outbox"], ["recipient", "template_id", "sent_at", "channel"]),
    "reports": ("report_rows", "row", ["build_report", "export_csv", "sum_revenue", "schedule_report"], ["period", "revenue_cents", "region", "row_count"]),
}

LIBRARIES = {
    "rust": ["hyper", "tokio", "sqlx", "serde_json", "tracing", "rustls"],
    "go": ["github.com/go-chi/chi", "github.com/jackc/pgx", "google.golang.org/grpc", "github.com/redis/go-redis"],
    "python": ["requests", "sqlalchemy", "celery", "pydantic", "redis", "gunicorn"],
    "typescript": ["express", "axios", "pg", "zod", "ioredis", "undici"],
    "java": ["com.fasterxml.jackson.core:jackson-databind", "org.postgresql:postgresql", "io.netty:netty-all"],
    "ruby": ["rack", "faraday", "sidekiq", "pg", "puma", "nokogiri"],
}

LANGUAGES = {
    "rust": {"file": "src/{m}.rs", "manifest": "Cargo.toml", "bump": '{lib} = "{v}"', "open": "pub async fn {f}(ctx: &Context, id: Id) -> Result<{T}, Error> {{", "close": "}", "comment": "// ",
        "query": '    let rows = ctx.db.query("SELECT {c} FROM {t} WHERE {w} = $1", &[&id]).await?;', "check": '    let {c} = row.{c}.as_ref().ok_or(Error::Missing("{c}"))?;', "bare": "    let {c} = row.{c}.as_ref().unwrap();",
        "call": '    let answer = ctx.client("{m}").post("/{m}/{f}", &{c}).await?;', "log": '    tracing::info!("{f} {c}");', "cache": '    if let Some(hit) = ctx.cache.get("{t}:{c}").await {{ return Ok(hit); }}', "let": "    let {c} = normalise(row.{c});",
        "trace": ["thread 'tokio-runtime-worker' panicked at {file}:{line}:17:", "called `Option::unwrap()` on a `None` value", "   4: shop::{m}::{f}", "             at ./{file}:{line}:17"]},
    "go": {"file": "internal/{m}/{m}.go", "manifest": "go.mod", "bump": "\t{lib} v{v}", "open": "func (s *Service) {F}(ctx context.Context, id int64) (*{T}, error) {{", "close": "}", "comment": "// ",
        "query": '\trows, err := s.db.Query(ctx, "SELECT {c} FROM {t} WHERE {w} = $1", id)', "check": '\tif row.{C} == nil {{ return nil, fmt.Errorf("{c} is missing") }}', "bare": "\tvalue := *row.{C}",
        "call": '\tanswer, err := s.client.Post(ctx, "/{m}/{f}", row.{C})', "log": '\tslog.Info("{f}", "{c}", row.{C})', "cache": '\tif hit, ok := s.cache.Get("{t}:{c}"); ok {{ return hit, nil }}', "let": "\trow.{C} = normalise(row.{C})",
        "trace": ["panic: runtime error: invalid memory address or nil pointer dereference", "goroutine 91 [running]:", "shop/internal/{m}.(*Service).{F}(0xc0001)", "\t/app/internal/{m}/{m}.go:{line} +0x1d"]},
    "python": {"file": "shop/{m}.py", "manifest": "requirements.txt", "bump": "{lib}=={v}", "open": "def {f}(ctx, id):", "close": "    return row", "comment": "# ",
        "query": '    rows = ctx.db.execute("SELECT {c} FROM {t} WHERE {w} = %s", [id])', "check": '    if row.{c} is None: raise Missing("{c}")', "bare": "    value = row.{c}.strip()",
        "call": '    answer = ctx.client.post("/{m}/{f}", json=row.{c})', "log": '    logger.info("{f} %s", row.{c})', "cache": '    hit = ctx.cache.get("{t}:{c}")', "let": "    row.{c} = normalise(row.{c})",
        "trace": ["Traceback (most recent call last):", '  File "/usr/lib/python3/site-packages/celery/app.py", line 88, in run', '  File "/app/shop/{m}.py", line {line}, in {f}', "AttributeError: 'NoneType' object has no attribute 'strip'"]},
    "typescript": {"file": "src/{m}/{m}.service.ts", "manifest": "package.json", "bump": '    "{lib}": "^{v}",', "open": "export async function {f2}(ctx: Context, id: string): Promise<{T}> {{", "close": "}", "comment": "// ",
        "query": "  const rows = await ctx.db.query('SELECT {c} FROM {t} WHERE {w} = $1', [id]);", "check": "  if (!row.{c}) throw new MissingError('{c}');", "bare": "  const value = row.{c}.trim();",
        "call": "  const answer = await ctx.client.post('/{m}/{f}', row.{c});", "log": "  logger.info('{f}', row.{c});", "cache": "  const hit = await ctx.cache.get('{t}:{c}');", "let": "  row.{c} = normalise(row.{c});",
        "trace": ["TypeError: Cannot read properties of undefined (reading 'trim')", "    at {f2} (/app/src/{m}/{m}.service.ts:{line}:23)", "    at Layer.handle (/app/node_modules/express/lib/router/layer.js:95:5)"]},
    "java": {"file": "src/main/java/com/shop/{m}/{T}Service.java", "manifest": "build.gradle", "bump": "    implementation '{lib}:{v}'", "open": "    public {T} {f2}(Context ctx, long id) {{", "close": "    }", "comment": "    // ",
        "query": '        var rows = db.query("SELECT {c} FROM {t} WHERE {w} = ?", id);', "check": '        Objects.requireNonNull(row.{f3}, "{c}");', "bare": "        var value = row.{f3}.trim();",
        "call": '        var answer = client.post("/{m}/{f}", row.{f3});', "log": '        log.info("{f} {{}}", row.{f3});', "cache": '        var hit = cache.get("{t}:{c}");', "let": "        row.{f3} = normalise(row.{f3});",
        "trace": ["java.lang.NullPointerException: null", "\tat com.shop.{m}.{T}Service.{f2}({T}Service.java:{line})", "\tat org.springframework.web.servlet.DispatcherServlet.doDispatch(DispatcherServlet.java:1067)"]},
    "ruby": {"file": "app/services/{m}.rb", "manifest": "Gemfile", "bump": "gem '{lib}', '{v}'", "open": "  def {f}(ctx, id)", "close": "  end", "comment": "  # ",
        "query": "    rows = ctx.db.exec('SELECT {c} FROM {t} WHERE {w} = $1', [id])", "check": "    raise Missing, '{c}' if row.{c}.nil?", "bare": "    value = row.{c}.strip",
        "call": "    answer = ctx.client.post('/{m}/{f}', row.{c})", "log": "    logger.info('{f}', row.{c})", "cache": "    hit = ctx.cache.fetch('{t}:{c}')", "let": "    row.{c} = normalise(row.{c})",
        "trace": ["NoMethodError: undefined method `strip' for nil:NilClass", "app/services/{m}.rb:{line}:in `{f}'", "/usr/local/lib/ruby/gems/3.2.0/gems/rack-2.2.4/lib/rack/handler.rb:12:in `call'"]},
}

AUTHORS = ["Ada", "Bela", "Chen", "Dara", "Emre", "Fatou", "Goro", "Hanna"]


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def words(module, function, column):
    table, thing, _, columns = MODULES[module]
    return {"m": module, "t": table, "T": thing.capitalize(), "f": function, "f2": camel(function), "F": camel(function)[0].upper() + camel(function)[1:], "c": column, "f3": camel(column), "C": camel(column)[0].upper() + camel(column)[1:], "w": "id"}
