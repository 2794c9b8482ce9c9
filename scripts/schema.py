#!/usr/bin/env python3
"""The JSON schema of `tawny.yaml` before a validator that is not ours: jsonschema, of PyPI. What it judges is read as
YAML 1.2 by ruamel.yaml: by YAML 1.1, `on` would be no text.

The example fits, and what the readers refuse is refused. Exit code 1 if not.
"""

import json
import pathlib
import sys

import jsonschema
from ruamel.yaml import YAML

ROOT = pathlib.Path(__file__).resolve().parent.parent
# What stands in the example, and what would be wrong in its place.
BROKEN = [
    ("locale: en ", "locale: fr "),
    ("gray_bake: 5m ", "gray_bakes: 5m "),
    ("timeout: 5s ", "timeout: 5 "),
    ("type: basic", "type: basik"),
    ("keep_releases: 5 ", "keep_releases: 0 "),
    ("batch: 25% ", "batch: 0 "),
]


def main():
    schema = json.loads((ROOT / "docs/tawny.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    yaml = YAML(typ="safe", pure=True)
    example = (ROOT / "tawny.example.yaml").read_text()

    def complaints(text):
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(yaml.load(text))]

    failed = [f"the example: {complaint}" for complaint in complaints(example)]
    for right, wrong in BROKEN:
        if right not in example:
            failed.append(f"not in the example: {right!r}")
        elif not complaints(example.replace(right, wrong, 1)):
            failed.append(f"not refused: {wrong!r}")
    for line in failed:
        print(f"FAIL {line}")
    print(f"schema: the example, and {len(BROKEN)} wrong ones, {len(failed)} not as wanted")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
