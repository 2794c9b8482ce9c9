//! What Slack refuses: shapes by the types of another library, limits as they are documented.

use serde_json::Value;
use slack_morphism::blocks::SlackBlock;

/// Checks the blocks of a message.
pub(super) fn blocks(blocks: &Value) -> Result<(), String> {
    let list = blocks.as_array().ok_or("blocks are no list")?;
    let typed: Vec<SlackBlock> =
        serde_json::from_value(blocks.clone()).map_err(|error| error.to_string())?;
    // What it does not know it drops, or keeps apart.
    let known = serde_json::to_value(&typed).map_err(|error| error.to_string())?;
    if known != *blocks {
        return Err(format!("not understood whole: {blocks} is read as {known}"));
    }
    if let Some(input) = list.iter().find(|block| block["type"] == "input") {
        return Err(format!("an input in a message: {input}"));
    }
    many(list, 50)
}

/// Checks blocks, of which there may be so many.
pub(super) fn many(list: &[Value], most: usize) -> Result<(), String> {
    if list.is_empty() || list.len() > most {
        return Err(format!("{} blocks", list.len()));
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
        Some("divider") => Ok(()),
        Some("input") => input(block),
        Some("actions") => elements(block, 25)?.iter().try_for_each(button),
        other => Err(format!("block {other:?}")),
    }
}

fn input(block: &Value) -> Result<(), String> {
    text(&block["label"], "plain_text", 2000)?;
    text(&block["hint"], "plain_text", 2000)?;
    short(&block["block_id"], 255)?;
    let element = &block["element"];
    short(&element["action_id"], 255)?;
    let (least, most) = (
        element["min_length"].as_u64(),
        element["max_length"].as_u64(),
    );
    if element["type"] != "plain_text_input" || least > most || most > Some(3000) {
        return Err(format!("element {element}"));
    }
    Ok(())
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

pub(super) fn text(value: &Value, kind: &str, most: usize) -> Result<(), String> {
    if value["type"] != kind {
        return Err(format!("expected {kind}: {value}"));
    }
    short(&value["text"], most)
}

pub(super) fn short(value: &Value, most: usize) -> Result<(), String> {
    let text = value.as_str().ok_or_else(|| format!("no text: {value}"))?;
    let units = text.encode_utf16().count();
    if units == 0 || units > most {
        return Err(format!("{units} of {most}: {text}"));
    }
    Ok(())
}
