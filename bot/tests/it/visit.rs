//! Somebody on the page, with a session of their own and nothing but its forms: no script runs.

use crate::commands::tawny;
use crate::world::World;
use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};

pub(crate) struct Visit<'w> {
    world: &'w World,
    http: reqwest::Client,
    cookie: String,
}

/// What a form sends.
pub(crate) type Fields = Vec<(String, String)>;

impl<'w> Visit<'w> {
    /// Whoever has this token, after they opened their one-time link.
    pub(crate) async fn of(world: &'w World, token: &str) -> Self {
        let made = tawny(world, token, &["--json", "login"]).await;
        let link = made.document("tawny.login/1");
        let plain = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().redirect(plain).build().unwrap();
        let opened = http.get(link["link"].as_str().unwrap()).send();
        let opened = opened.await.unwrap();
        let cookies = opened.headers().get_all(SET_COOKIE).iter();
        let cookies: Vec<&str> = cookies
            .map(|one| one.to_str().unwrap().split(';').next().unwrap())
            .collect();
        Self {
            world,
            http,
            cookie: cookies.join("; "),
        }
    }

    pub(crate) async fn read(&self, path: &str) -> String {
        let url = format!("{}{path}", self.world.server.url());
        let page = self.http.get(url).header(COOKIE, &self.cookie).send();
        page.await.unwrap().text().await.unwrap()
    }

    /// The status, and where it leads on to or what it says.
    pub(crate) async fn post(&self, path: &str, fields: &Fields) -> (u16, String) {
        let here = self.world.server.url();
        let sent = self.http.post(format!("{here}{path}")).form(fields);
        let sent = sent.header(COOKIE, &self.cookie).header(ORIGIN, here);
        let answer = sent.send().await.unwrap();
        let status = answer.status().as_u16();
        let leads = answer.headers().get(LOCATION);
        match leads.map(|to| to.to_str().unwrap().to_owned()) {
            Some(to) => (status, to),
            None => (status, answer.text().await.unwrap()),
        }
    }
}

/// The fields of the form that has these, with whether it can be pressed.
pub(crate) fn form(page: &str, wanted: &[(&str, &str)]) -> Option<(Fields, bool)> {
    let selector = |words: &str| scraper::Selector::parse(words).unwrap();
    let document = scraper::Html::parse_document(page);
    let inputs = selector("input[name]");
    let dead = selector("button[disabled]");
    document
        .select(&selector("form[method=post]"))
        .find_map(|form| {
            let fields: Fields = form
                .select(&inputs)
                .map(|input| {
                    let value = |name| input.value().attr(name).unwrap_or_default().to_owned();
                    (value("name"), value("value"))
                })
                .collect();
            let has = |(name, value): &(&str, &str)| {
                fields.contains(&((*name).to_owned(), (*value).to_owned()))
            };
            let lives = form.select(&dead).next().is_none();
            wanted.iter().all(has).then_some((fields, lives))
        })
}
