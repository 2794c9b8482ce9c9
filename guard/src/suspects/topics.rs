//! What kind of trouble a symptom tells of, and by which words a change shows that it has to do with it.
//!
//! Nothing here is about a project: it is what operators everywhere look for first.

use super::words::stemmed;
use serde::{Deserialize, Serialize};

/// A kind of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Memory grows, or ran out.
    Memory,
    /// Processors are busy.
    Cpu,
    /// It takes longer.
    Latency,
    /// Somebody waits no longer.
    Timeout,
    /// Connections, pools, sockets.
    Connections,
    /// Queries, tables, schemas.
    Database,
    /// Too many requests.
    RateLimit,
    /// Proxies, gateways, routing.
    Routing,
    /// Who may do what.
    Access,
    /// Certificates and encryption.
    Tls,
    /// Names of hosts.
    Names,
    /// What people see and press.
    Interface,
    /// Queues, jobs, messages, schedules.
    Queues,
    /// Reading and writing of formats, encodings, templates.
    Formats,
    /// Disks, mounts, files.
    Storage,
    /// Caches.
    Caching,
    /// Processes that do not start, or die.
    Startup,
    /// Modules, packages, versions.
    Packages,
    /// Alerts and checks.
    Alerts,
    /// Logs.
    Logs,
    /// Locks and things at the same time.
    Concurrency,
    /// Money, orders, sign-ups.
    Business,
}

/// A topic, the words of symptoms that point to it, the words of changes that have to do with it, and the endings of
/// files that are about it.
pub(super) struct Row {
    pub(super) topic: Topic,
    symptoms: &'static str,
    changes: &'static str,
    pub(super) endings: &'static [&'static str],
}

#[rustfmt::skip]
pub(super) static ROWS: [Row; 22] = [
    Row { topic: Topic::Memory, symptoms: "memory oom heap rss leak swap killed", changes: "memory heap cache buffer leak pool batch preload worker fork process limit collect vec clone gc xmx xms", endings: &[] },
    Row { topic: Topic::Cpu, symptoms: "cpu throttled load saturation busy", changes: "loop thread worker concurrency parallel regex sort hash encrypt compress serialize poll interval spin runtime executor blocking limit", endings: &[] },
    Row { topic: Topic::Latency, symptoms: "latency slow slower slowness p50 p95 p99 delay duration triple double responsetime", changes: "query index cache batch join select sleep wait lock retry timeout async await blocking sequential eager lazy pool concurrency thread runtime compress", endings: &["sql"] },
    Row { topic: Topic::Timeout, symptoms: "timeout timed deadline exceeded 504 408 hang hung stuck unresponsive", changes: "timeout deadline retry backoff wait sleep lock pool concurrency keepalive interval attempt", endings: &[] },
    Row { topic: Topic::Connections, symptoms: "connection pool socket refused reset econnrefused econnreset exhausted unreachable disconnect broken_pipe", changes: "connection pool connect socket keepalive max_connections host port url endpoint client acquire release checkout close idle listen bind firewall", endings: &[] },
    Row { topic: Topic::Database, symptoms: "sql query database db column relation table deadlock constraint duplicate postgres mysql sqlite psql scan replication transaction schema migration", changes: "sql query select insert update where join index column table migration schema transaction constraint orm primary key foreign database", endings: &["sql", "prisma", "rb"] },
    Row { topic: Topic::RateLimit, symptoms: "429 throttle throttled throttling ratelimit quota toomany", changes: "rate limit throttle quota limit_req burst bucket backoff", endings: &[] },
    Row { topic: Topic::Routing, symptoms: "502 503 404 gateway upstream proxy redirect route bad notfound ingress", changes: "nginx proxy proxy_pass upstream route router redirect location host ingress path rewrite backend loadbalancer balancer port vhost gateway", endings: &["conf", "vcl"] },
    Row { topic: Topic::Access, symptoms: "401 403 auth unauthorized forbidden login password permission denied token credentials session basic access", changes: "auth authenticate authorize permission role policy token login session cookie password secret credential oauth acl allow deny scope user group", endings: &[] },
    Row { topic: Topic::Tls, symptoms: "tls ssl certificate cert handshake x509 https cipher", changes: "tls ssl certificate cert cipher https ca key x509 pem", endings: &["pem", "crt"] },
    Row { topic: Topic::Names, symptoms: "dns resolve resolving nxdomain hostname getaddrinfo enotfound lookup", changes: "dns host hostname domain resolv nameserver search hosts address url fqdn", endings: &[] },
    Row { topic: Topic::Interface, symptoms: "button click page display dashboard ui render view form screen browser javascript graph chart link menu frontend blank", changes: "component render button click template view css style html dom event onclick page ui chart", endings: &["js", "ts", "tsx", "jsx", "vue", "svelte", "css", "scss", "hbs", "html", "erb", "haml"] },
    Row { topic: Topic::Queues, symptoms: "queue job jobs worker message messages lag consumer backlog unacked scheduled scheduling cron task publish subscribe throughput kafka rabbitmq sidekiq pubsub", changes: "queue job worker message consumer producer publish subscribe ack schedule cron task enqueue retry backoff concurrency partition offset background lock", endings: &[] },
    Row { topic: Topic::Formats, symptoms: "parse parsing syntax invalid byte sequence encoding utf ascii json yaml xml format formatexception unmarshal deserialize decode template token malformed", changes: "parse format encode decode json yaml template serialize deserialize schema charset utf", endings: &["yaml", "yml", "json", "toml", "erb", "tpl", "tmpl"] },
    Row { topic: Topic::Storage, symptoms: "disk space inode mount nfs enospc filesystem volume iops readonly", changes: "disk mount volume path file log rotate retention storage nfs partition directory tmp size", endings: &[] },
    Row { topic: Topic::Caching, symptoms: "cache stale hit miss redis memcached evict invalidation outdated", changes: "cache ttl expire invalidate redis memcached key evict max_age", endings: &["vcl"] },
    Row { topic: Topic::Startup, symptoms: "boot startup crash crashes crashloop exit exited segfault panic sigterm sigkill restart start abort availability down", changes: "init start boot main startup entrypoint command service systemd exec signal shutdown upgrade panic unwrap runtime procfile dockerfile healthcheck probe", endings: &["service"] },
    Row { topic: Topic::Packages, symptoms: "module import classnotfound nosuchmethod notfound dependency package library version classpath symbol gem", changes: "upgrade bump version dependency library module import package vendor", endings: &["lock"] },
    Row { topic: Topic::Alerts, symptoms: "alert alerts alerting icinga nagios pagerduty check monitoring alarm", changes: "alert check monitoring threshold warning critical icinga nagios prometheus rule notify collectd", endings: &[] },
    Row { topic: Topic::Logs, symptoms: "log logs logging syslog logstash kibana sentry fluentd", changes: "log logger logging syslog logstash sentry level appender", endings: &[] },
    Row { topic: Topic::Concurrency, symptoms: "race deadlock concurrent concurrently lock contention duplicate twice double thread", changes: "lock mutex thread concurrent parallel async atomic transaction unique synchronized await spawn schedule", endings: &[] },
    Row { topic: Topic::Business, symptoms: "business checkout order orders payment cart conversion signup revenue purchase", changes: "price total discount tax currency order payment cart checkout amount charge refund invoice", endings: &[] },
];

impl Row {
    /// Whether a word of the symptoms, given by its stem's hash, points to the topic.
    pub(super) fn points(&self) -> Vec<u64> {
        self.symptoms.split_whitespace().map(stemmed).collect()
    }

    /// Hashes of the words of changes that have to do with it.
    pub(super) fn shows(&self) -> Vec<u64> {
        self.changes.split_whitespace().map(stemmed).collect()
    }
}
