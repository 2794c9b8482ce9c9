//! What Slack refuses: shapes by the types of another library, limits as they are documented.

use serde_json::Value;
use slack_morphism::blocks::SlackBlock;

/// Checks the blocks of a message.
pub(super) fn blocks(blocks: &Value) -> Result<(), String> {
    let list = blocks.as_array().ok_or("blocks are no list")?;
    if list.is_empty() || list.len() > 50 {
        return Err(format!("{} blocks", list.len()));
    }
    let typed: Vec<SlackBlock> =
        serde_json::from_value(blocks.clone()).map_err(|error| error.to_string())?;
    // What it does not know it drops, or keeps apart.
    let known = serde_json::to_value(&typed).map_err(|error| error.to_string())?;
    if known != *blocks {
        return Err(format!("not understood whole: {blocks} is read as {known}"));
    }
    list.iter().try_for_each(block)
}

fn block(block: &Value) -> Result<(), String> {
    match block["type"].as_str() {
        Some("header") => text(&block["text"], "plain_text", 150),
        Some("section") => text(&block["text"], "mrkdwn", 3000),
        Some("context") => {
            let elements = elements(block, 10)?;
            elements
                .iter()
                .try_for_each(|one| text(one, "mrkdwn", 3000))
        }
        Some("actions") => elements(block, 25)?.iter().try_for_each(button),
        other => Err(format!("block {other:?}")),
    }
}

fn elements(block: &Value, most: usize) -> Result<&Vec<Value>, String> {
    let elements = block["elements"].as_array().ok_or("no elements")?;
    if elements.is_empty() || elements.len() > most {
        return Err(format!("{} elements", elements.len()));
    }
    Ok(elements)
}

fn button(button: &Value) -> Result<(), String> {
    text(&button["text"], "plain_text", 75)?;
    short(&button["value"], 2000)?;
    short(&button["action_id"], 255)?;
    if !button["confirm"].is_null() {
        let confirm = &button["confirm"];
        text(&confirm["title"], "plain_text", 100)?;
        text(&confirm["text"], "plain_text", 300)?;
        text(&confirm["confirm"], "plain_text", 30)?;
        text(&confirm["deny"], "plain_text", 30)?;
    }
    Ok(())
}

fn text(value: &Value, kind: &str, most: usize) -> Result<(), String> {
    if value["type"] != kind {
        return Err(format!("expected {kind}: {value}"));
    }
    short(&value["text"], most)
}

fn short(value: &Value, most: usize) -> Result<(), String> {
    let text = value.as_str().ok_or_else(|| format!("no text: {value}"))?;
    let units = text.encode_utf16().count();
    if units == 0 || units > most {
        return Err(format!("{units} of {most}: {text}"));
    }
    Ok(())
}
