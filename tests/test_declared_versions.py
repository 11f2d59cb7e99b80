"""The lowest versions that are declared are those that `make test-lowest` runs with."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]
# a build of its lowest version for processors alone is not to be had: see constraints-lowest.txt
NEWER_THAN_DECLARED = {"torch"}


def declared():
    """The lower bounds in pyproject.toml, of a library named twice the higher one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    texts = project["dependencies"] + [
        text
        for extra in ("plots", "data", "distributed", "excel", "hdf5", "onnx", "test")
        for text in extras[extra]
        if not text.startswith("xrpdsim")
    ]
    bounds = {}
    for requirement in map(Requirement, texts):
        (bound,) = requirement.specifier
        assert bound.operator == ">="
        bounds.setdefault(requirement.name, []).append(Version(bound.version))
    return {name: max(versions) for name, versions in bounds.items()}


def pinned(name):
    lines = (ROOT / name).read_text("utf-8").splitlines()
    pins = [
        re.fullmatch(r"([\w.-]+)==([\w.]+)", line) for line in lines if line[:1] not in ("", "#")
    ]
    return {pin[1].replace("_", "-"): Version(pin[2]) for pin in pins}


@pytest.mark.parametrize(("name", "bound"), declared().items(), ids=str)
def test_the_lowest_version_is_the_one_that_is_declared(name, bound):
    lowest = pinned("constraints-lowest.txt")[name]
    if name in NEWER_THAN_DECLARED:
        assert lowest >= bound
    else:
        assert lowest.release[:3] == (bound.release + (0, 0))[:3]


def test_nothing_else_has_a_lowest_version():
    assert set(pinned("constraints-lowest.txt")) == set(declared())


@pytest.mark.parametrize(("name", "bound"), declared().items(), ids=str)
def test_what_is_usually_tested_is_allowed(name, bound):
    usual = {key.lower(): version for key, version in pinned("constraints.txt").items()}
    assert usual[name] >= bound
