"""Settings: config/shop.yaml, and variables of the environment over it."""

import os

import yaml


def load(path="config/shop.yaml"):
    with open(path) as file:
        settings = yaml.safe_load(file)
    for name in settings:
        settings[name] = os.environ.get(f"SHOP_{name.upper()}", settings[name])
    settings["port"] = int(settings["port"])
    return settings
