#!/usr/bin/env python3
"""Every message of Slack's before a judge that is not ours: slack_sdk (PyPI), which knows the limits of blocks.

    scripts/slack.py POSTS.jsonl     # as the tests of `messages` write them to $TAWNY_SLACK_POSTS

What it does not know is checked here: how many blocks a message may have, how long its text may be. And the judge is
judged: what is over a limit must be refused. Exit code 1 if anything is not as it should be.
"""

import copy
import json
import pathlib
import sys

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slack_sdk.version import __version__


def wrong_view(view):
    """What is wrong with a dialog or with the app's own page; none if nothing is."""
    if not 1 <= len(view["blocks"]) <= 100:
        return f"{len(view['blocks'])} blocks"
    try:
        View(**copy.deepcopy(view)).to_dict()
    except Exception as error:  # noqa: BLE001, whatever it refuses with
        return f"{error}: {str(view)[:200]}"
    return wrong_blocks(view["blocks"])


def wrong(post):
    """What is wrong with a post; none if nothing is."""
    if "type" in post:
        return wrong_view(post)
    blocks = post["blocks"]
    if not 1 <= len(blocks) <= 50:
        return f"{len(blocks)} blocks"
    if not 1 <= len(post["text"].encode("utf-16-le")) // 2 <= 4000:
        return "the text is too long or not there"
    return wrong_blocks(blocks)


def wrong_blocks(blocks):
    for raw, parsed in zip(blocks, Block.parse_all(blocks), strict=True):
        if parsed is None:
            return f"not known: {raw}"
        try:
            parsed.validate_json()
            parsed.to_dict()
        except Exception as error:  # noqa: BLE001, whatever it refuses with
            return f"{error}: {str(raw)[:200]}"
    return None


def spoiled(posts):
    """Good posts with one thing over its limit each."""
    view = next(post for post in posts if post.get("type") == "modal")
    home = next(post for post in posts if post.get("type") == "home")
    posts = [post for post in posts if "type" not in post]
    with_buttons = next(post for post in posts if any(block["type"] == "actions" for block in post["blocks"]))
    with_head = next(post for post in posts if post["blocks"][0]["type"] == "header")
    with_section = next(post for post in posts if any(block["type"] == "section" for block in post["blocks"]))

    def of(post, kind, spoil):
        post = copy.deepcopy(post)
        spoil(next(block for block in post["blocks"] if block["type"] == kind))
        return post

    yield of(with_head, "header", lambda block: block["text"].update(text="x" * 151))
    yield of(with_section, "section", lambda block: block["text"].update(text="x" * 3001))
    yield of(with_buttons, "actions", lambda block: block["elements"][0]["text"].update(text="x" * 76))
    yield of(with_buttons, "actions", lambda block: block["elements"][0].update(value="x" * 2001))
    yield {**view, "title": {**view["title"], "text": "x" * 25}}
    yield {**view, "submit": {**view["submit"], "text": "x" * 25}}
    yield {**view, "private_metadata": "x" * 3001}
    yield {**view, "callback_id": "x" * 256}
    yield {**view, "blocks": view["blocks"][:1] * 101}
    yield of(view, "input", lambda block: block["label"].update(text="x" * 2001))
    yield {**home, "blocks": home["blocks"][:1] * 101}
    yield {**with_head, "blocks": with_head["blocks"] * 51}
    yield {**with_head, "text": "x" * 4001}


def main():
    lines = pathlib.Path(sys.argv[1]).read_text().splitlines()
    posts = [json.loads(line) for line in lines]
    refused = [why for why in map(wrong, posts) if why]
    for why in refused[:20]:
        print(f"refused: {why}")
    taken = sum(1 for post in spoiled(posts) if wrong(post) is None)
    if taken:
        print(f"FAILED: {taken} messages over a limit were taken: the judge does not judge")
    views = sum(1 for post in posts if "type" in post)
    print(f"slack_sdk {__version__}: {len(posts)} messages, of them {views} views, {len(refused)} refused")
    return 1 if refused or taken or len(posts) < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
