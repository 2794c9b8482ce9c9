//! A person, simulated: opens the one-time link, reads the page, presses a button and confirms. The same
//! HTTP path that a browser takes.

use super::DemoError;
use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use std::collections::BTreeMap;

/// Somebody with a browser.
pub(super) struct Person {
    http: reqwest::Client,
    base: String,
    cookies: BTreeMap<String, String>,
}

impl Person {
    /// Opens the one-time link.
    pub(super) async fn login(base: &str, link: &str) -> Result<Self, DemoError> {
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .build()
            .map_err(|e| DemoError::person("start", &e))?;
        let mut person = Self {
            http,
            base: base.trim_end_matches('/').to_owned(),
            cookies: BTreeMap::new(),
        };
        let response = person
            .http
            .get(link)
            .send()
            .await
            .map_err(|e| DemoError::person("log in", &e))?;
        person.keep(&response);
        if person.cookies.is_empty() {
            return Err(DemoError::Person {
                doing: "log in",
                error: format!("no session came back (http {})", response.status()),
            });
        }
        Ok(person)
    }

    /// Presses a button of a question on a deployment's page, and confirms where that is asked.
    pub(super) async fn press(&mut self, deployment: &str, choice: &str) -> Result<(), DemoError> {
        let page = self.get(&format!("/deployments/{deployment}")).await?;
        let form = form_with(&page, choice).ok_or_else(|| DemoError::Person {
            doing: "press",
            error: format!("the page has no button `{choice}`"),
        })?;
        let answer = self.post(&form).await?;
        // A confirm step comes back as a page with the same form, now asking for a yes.
        if let Some(confirm) =
            form_with(&answer, choice).filter(|confirm| confirm.fields.contains_key("confirmed"))
        {
            self.post(&confirm).await?;
        }
        Ok(())
    }

    async fn get(&mut self, path: &str) -> Result<String, DemoError> {
        let url = format!("{}{path}", self.base);
        let request = self.http.get(url).header(COOKIE, self.cookie());
        let response = request
            .send()
            .await
            .map_err(|e| DemoError::person("read the page", &e))?;
        self.body(response, "read the page").await
    }

    async fn post(&mut self, form: &Form) -> Result<String, DemoError> {
        let url = format!("{}{}", self.base, form.action);
        let request = self
            .http
            .post(url)
            .header(COOKIE, self.cookie())
            .header(ORIGIN, &self.base)
            .form(&form.fields);
        let response = request
            .send()
            .await
            .map_err(|e| DemoError::person("press", &e))?;
        self.body(response, "press").await
    }

    /// The body of a page; one redirect is followed, as a browser does after a form.
    async fn body(
        &mut self,
        response: reqwest::Response,
        doing: &'static str,
    ) -> Result<String, DemoError> {
        self.keep(&response);
        let status = response.status();
        if status.is_redirection() {
            let to = response
                .headers()
                .get(LOCATION)
                .and_then(|to| to.to_str().ok())
                .unwrap_or("/")
                .to_owned();
            let url = if to.starts_with('/') {
                format!("{}{to}", self.base)
            } else {
                to
            };
            let next = self
                .http
                .get(url)
                .header(COOKIE, self.cookie())
                .send()
                .await
                .map_err(|e| DemoError::person(doing, &e))?;
            return next.text().await.map_err(|e| DemoError::person(doing, &e));
        }
        let text = response
            .text()
            .await
            .map_err(|e| DemoError::person(doing, &e))?;
        if status.is_success() {
            Ok(text)
        } else {
            Err(DemoError::Person {
                doing,
                error: format!("http {status}: {text}"),
            })
        }
    }

    fn keep(&mut self, response: &reqwest::Response) {
        for header in response.headers().get_all(SET_COOKIE) {
            let pair = header
                .to_str()
                .ok()
                .and_then(|text| text.split(';').next())
                .and_then(|pair| pair.split_once('='));
            if let Some((name, value)) = pair {
                self.cookies
                    .insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
    }

    fn cookie(&self) -> String {
        self.cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("; ")
    }
}

/// A form of a page.
struct Form {
    action: String,
    fields: BTreeMap<String, String>,
}

/// The form whose fields carry this choice.
fn form_with(page: &str, choice: &str) -> Option<Form> {
    let document = scraper::Html::parse_document(page);
    let forms = scraper::Selector::parse("form[method=post]").ok()?;
    let inputs = scraper::Selector::parse("input[name], button[name]").ok()?;
    document.select(&forms).find_map(|form| {
        let fields: BTreeMap<String, String> = form
            .select(&inputs)
            .filter_map(|input| {
                Some((
                    input.value().attr("name")?.to_owned(),
                    input.value().attr("value").unwrap_or("").to_owned(),
                ))
            })
            .collect();
        let wanted = fields.get("choice").is_some_and(|value| value == choice);
        wanted.then(|| Form {
            action: form.value().attr("action").unwrap_or("/").to_owned(),
            fields,
        })
    })
}
