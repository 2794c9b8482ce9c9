//! Files: announced, sent, shown; each step once, and nothing that was not announced so.

use crate::double::Request;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// What Slack keeps of alternative texts.
const ALT: usize = 1000;

#[derive(Default)]
pub(super) struct Files {
    all: Vec<File>,
}

struct File {
    length: usize,
    alt: String,
    bytes: Option<Vec<u8>>,
    shown: bool,
}

impl Files {
    pub(super) fn announced(
        &mut self,
        fields: &BTreeMap<String, String>,
        at: SocketAddr,
    ) -> Result<Value, String> {
        let field = |name: &str| fields.get(name).ok_or_else(|| format!("no {name}"));
        let name = field("filename")?;
        if !name.ends_with(".png") {
            return Err(format!("a picture is called {name}"));
        }
        let alt = field("alt_txt")?;
        if alt.is_empty() || alt.chars().count() > ALT {
            return Err(format!("alt_txt {alt:?}"));
        }
        let number = self.all.len();
        self.all.push(File {
            length: field("length")?
                .parse()
                .map_err(|_| "length is no number")?,
            alt: alt.clone(),
            bytes: None,
            shown: false,
        });
        Ok(json!({
            "ok": true, "upload_url": format!("http://{at}/upload/{number}"), "file_id": format!("F{number}"),
        }))
    }

    pub(super) fn uploaded(&mut self, request: &Request) -> Result<(), String> {
        let number = request.path.trim_start_matches("/upload/").parse::<usize>();
        let file = number.ok().and_then(|number| self.all.get_mut(number));
        let file = file.ok_or("never announced")?;
        if request.headers.contains_key("authorization") {
            return Err("with the token".to_owned());
        }
        if file.bytes.is_some() || request.body.len() != file.length {
            return Err(format!("{} bytes of {}", request.body.len(), file.length));
        }
        if !request.body.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Err("no picture".to_owned());
        }
        file.bytes = Some(request.body.clone());
        Ok(())
    }

    /// The alternative texts of what is shown now.
    pub(super) fn shared(&mut self, arguments: &Value) -> Result<Vec<String>, String> {
        let mut shown = Vec::new();
        for one in arguments["files"].as_array().ok_or("no files")? {
            let id = one["id"].as_str().and_then(|id| id.strip_prefix('F'));
            let number = id.and_then(|id| id.parse::<usize>().ok());
            let file = number.and_then(|number| self.all.get_mut(number));
            let file = file.filter(|file| file.bytes.is_some() && !file.shown);
            let file = file.ok_or_else(|| format!("{one} is not there, or shown already"))?;
            let title = one["title"].as_str().unwrap_or_default();
            if title.is_empty() || title.chars().count() > 255 {
                return Err(format!("title {title:?}"));
            }
            file.shown = true;
            shown.push(file.alt.clone());
        }
        if shown.is_empty() {
            return Err("nothing".to_owned());
        }
        Ok(shown)
    }

    pub(super) fn album(&self) -> Vec<Vec<u8>> {
        let shown = self.all.iter().filter(|file| file.shown);
        shown.filter_map(|file| file.bytes.clone()).collect()
    }
}
