"""The documents name what is there, in the words of the project, and nothing that has gone."""

import importlib
import inspect
import pkgutil
import re
import tomllib
from pathlib import Path

import pytest

import xrpdsim

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "api.rst"
DOCUMENTS = [
    path
    for path in [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *(ROOT / "docs").glob("**/*.rst"),
        *(ROOT / "docs").glob("**/*.md"),
    ]
    if not {"generated", "auto_examples", "_build"} & set(path.parts)
]
SOURCES = [
    path
    for folder in ("xrpdsim", "examples", "benchmarks", "docs/figures")
    for path in (ROOT / folder).glob("**/*.py")
]
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


def test_every_listed_function_and_class_has_an_example(listed):
    without = []
    for module, names in listed.items():
        for name in names:
            thing = getattr(importlib.import_module(module), name)
            if (inspect.isclass(thing) or inspect.isroutine(thing)) and ">>> " not in (
                inspect.getdoc(thing) or ""
            ):
                without.append(f"{module}.{name}")
    assert without == []


@pytest.mark.parametrize(
    "term", ["polymorph", "solvate", "early stopping", "CIF", "CUDA", "reference", "amorphous"]
)
def test_the_glossary_explains_what_newcomers_search_for(term):
    text = (ROOT / "docs" / "glossary.rst").read_text("utf-8")
    assert re.search(rf"^   {term}$", text, re.M)


def test_every_term_that_is_referred_to_is_in_the_glossary():
    text = (ROOT / "docs" / "glossary.rst").read_text("utf-8")
    there = {term.lower() for term in re.findall(r"^   (\S.*)$", text, re.M)}
    asked = {
        " ".join((found[1] or found[0]).split()).lower()
        for path in DOCUMENTS
        for found in re.findall(r":term:`([^`<]+)(?:<([^>]+)>)?`", path.read_text("utf-8"))
    }
    assert len(asked) > 10
    assert {term.strip() for term in asked} - there == set()


def names(paths):
    return [str(path.relative_to(ROOT)) for path in paths]


def test_every_target_of_make_that_is_named_is_there():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.M)[1].split()
    assert targets == set(phony)
    # in backquotes, or as a line of a block of commands
    command = r"`+(?:[A-Z]+=\S+ )?make ([a-z-]+)|^\s*(?:[A-Z]+=\S+ )?make ([a-z-]+)\s*(?:#.*)?$"
    named = {
        (path.name, target)
        for path in [
            *DOCUMENTS,
            *SOURCES,
            ROOT / "pyproject.toml",
            ROOT / ".pre-commit-config.yaml",
        ]
        for found in re.findall(command, path.read_text("utf-8"), re.M)
        for target in found
        if target
    }
    assert ("CONTRIBUTING.md", "test-all") in named
    assert {(name, target) for name, target in named if target not in targets} == set()


def test_every_target_of_make_has_a_line_in_its_help():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.findall(r"^[a-z-]+:(?!.*## ).*$", makefile, re.M) == []


# codespell sees single words only
PHRASES = [
    wrong
    for wrong in re.findall(
        r"^(.+?)->", (ROOT / "docs/words_to_replace.txt").read_text("utf-8"), re.M
    )
    if " " in wrong
]


@pytest.mark.parametrize("path", [*DOCUMENTS, *SOURCES], ids=names([*DOCUMENTS, *SOURCES]))
def test_phrases_that_are_replaced_are_not_used(path):
    assert len(PHRASES) > 5
    text = " ".join(path.read_text("utf-8").split()).lower()
    assert [phrase for phrase in PHRASES if re.search(rf"\b{phrase}\b", text)] == []


def test_the_version_is_the_same_everywhere():
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert re.search(r"^version: (\S+)$", citation, re.M)[1] == xrpdsim.__version__
    # the package takes its version from there too, and has no other
    with (ROOT / "pyproject.toml").open("rb") as file:
        settings = tomllib.load(file)
    assert "version" not in settings["project"]
    assert settings["tool"]["setuptools"]["dynamic"]["version"] == {
        "attr": "xrpdsim._support._version.__version__"
    }


def test_every_path_that_contributing_names_is_there():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    paths = re.findall(r"`((?:xrpdsim|tests|docs)/[^`]*)`", text)
    assert len(paths) > 10
    assert [
        path for path in paths if not path.startswith("docs/_build") and not (ROOT / path).exists()
    ] == []


def test_contributing_lists_the_packages_in_the_order_of_the_contract():
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "layers")
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    listed = re.search(r"^`_support`, .*?\n\n", text, re.M | re.S)[0]
    assert re.findall(r"`(\w+)`", listed) == layers[::-1]
