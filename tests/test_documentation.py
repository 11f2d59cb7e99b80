"""What is public stands in the API reference, and nothing there has gone."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import xrpdsim

REFERENCE = Path(__file__).parents[1] / "docs" / "api.rst"
ROOMS = ["xrpdsim"] + [
    f"xrpdsim.{module.name}"
    for module in pkgutil.iter_modules(xrpdsim.__path__)
    if module.ispkg and not module.name.startswith("_")
]


@pytest.fixture(scope="module")
def listed():
    """Names by the module whose section lists them."""
    sections = re.split(r"^\.\. currentmodule:: (\S+)$", REFERENCE.read_text("utf-8"), flags=re.M)
    return {
        module: re.findall(r"^   (\w+)$", text, re.M) + re.findall(r"``([A-Z0-9_]+)``", text)
        for module, text in zip(sections[1::2], sections[2::2], strict=True)
    }


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_is_listed(listed, room):
    public = set(getattr(importlib.import_module(room), "__all__", ()))
    # what the package itself offers is listed there, not once more under its room
    elsewhere = set(listed["xrpdsim"]) if room != "xrpdsim" else set()
    assert public - elsewhere - set(listed.get(room, ())) == set()


def test_every_listed_name_is_there(listed):
    missing = [
        f"{module}.{name}"
        for module, names in listed.items()
        for name in names
        if not hasattr(importlib.import_module(module), name)
    ]
    assert missing == []
