"""What a release says of itself, in several files."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from jinja2 import Environment

import xrpdsim

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CONDA_NAMES = {"torch": "pytorch"}


@pytest.fixture(scope="module")
def recipe():
    text = (ROOT / "conda" / "recipe.yaml").read_text("utf-8")
    template = Environment(autoescape=False, variable_start_string="${{").from_string(text)
    context = yaml.safe_load(text)["context"]
    return yaml.safe_load(template.render(PYTHON="python", **context))


def test_one_version_everywhere(recipe):
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == recipe["package"]["version"] == xrpdsim.__version__


def test_the_recipe_needs_what_the_package_needs(recipe):
    names = (re.fullmatch(r"([\w-]+)(>=.*)", text).groups() for text in PROJECT["dependencies"])
    needed = {f"{CONDA_NAMES.get(name, name)} {bound}" for name, bound in names}
    assert set(recipe["requirements"]["run"]) == {
        f"python {PROJECT['requires-python']}",
        *needed,
    }
    (script,) = PROJECT["scripts"].items()
    assert recipe["build"]["python"]["entry_points"] == [" = ".join(script)]
    assert recipe["about"]["summary"] == PROJECT["description"]
    assert recipe["about"]["license_file"] == PROJECT["license-files"]
    assert recipe["about"]["homepage"] == PROJECT["urls"]["Repository"]
    assert recipe["about"]["repository"] == PROJECT["urls"]["Repository"]
    assert recipe["about"]["documentation"] == PROJECT["urls"]["Documentation"]


def test_addresses_in_the_readme_of_the_index_are_absolute():
    spec = importlib.util.spec_from_file_location("setup_of_xrpdsim", ROOT / "setup.py")
    setup = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(setup)
    before = (ROOT / "README.md").read_text("utf-8")
    after = setup.readme_for_the_index()
    addresses = re.findall(r"\]\(([^)]+)\)", after)
    assert len(addresses) == len(re.findall(r"\]\(([^)]+)\)", before)) > 0
    assert all(address.startswith(("https://", "#")) for address in addresses)
    for address in addresses:
        file = address.removeprefix(f"{PROJECT['urls']['Repository']}/raw/main/")
        if file != address:
            assert (ROOT / file).is_file()


def test_repository_addresses_stand_in_one_place():
    address = PROJECT["urls"]["Repository"].removeprefix("https://")
    named = {
        path.relative_to(ROOT).as_posix()
        for pattern in (
            "*.*",
            ".github/**/*.*",
            "docs/*.*",
            "docs/user_guide/*.*",
            "xrpdsim/**/*.py",
        )
        for path in ROOT.glob(pattern)
        if path.is_file() and address in path.read_text("utf-8", errors="replace")
    }
    assert named == {"pyproject.toml"}


def test_files_for_people_are_there():
    for name in ("LICENSE", "SECURITY.md", "CONTRIBUTING.md", "CITATION.cff", "RELEASING.md"):
        assert (ROOT / name).is_file(), name
