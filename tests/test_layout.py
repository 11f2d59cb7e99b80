"""The layout that CONTRIBUTING describes: names, sizes, and what each package says of itself."""

import ast
import importlib
from collections import defaultdict
from pathlib import Path

import pytest

import xrpdsim

ROOT = Path(xrpdsim.__file__).parent
FILES = sorted(ROOT.glob("**/*.py"))
PACKAGES = sorted(path.parent for path in FILES if path.name == "__init__.py")

# names that mean the same wherever they stand
COMMON = {"__init__.py", "__main__.py"}
BASE_CLASS = {"base.py"}
# to be emptied: names that still mean two things
TO_RENAME = {"profile.py"}


def module_of(package):
    return ".".join(["xrpdsim", *package.relative_to(ROOT).parts])


def shown(path):
    return str(path.relative_to(ROOT.parent))


def exporting(package):
    """The files of a package that the names of its `__init__` come from."""
    room = importlib.import_module(module_of(package))
    prefix = f"{room.__name__}."
    homes = {}
    for node in ast.walk(ast.parse((package / "__init__.py").read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            source = f"{prefix}{node.module or ''}" if node.level == 1 else node.module or ""
            homes |= {
                alias.name: source if node.module else prefix + alias.name for alias in node.names
            }
    for name in set(getattr(room, "__all__", ())) - set(homes):  # imported when first used
        thing = getattr(room, name)
        homes[name] = getattr(thing, "__module__", None) or getattr(thing, "__name__", "")
    return {
        home.removeprefix(prefix).split(".")[0]
        for home in homes.values()
        if home.startswith(prefix)
    }


@pytest.mark.parametrize("package", PACKAGES, ids=map(shown, PACKAGES))
def test_a_file_begins_with_an_underscore_if_no_name_of_it_is_exported_and_no_other_does(package):
    files = {path.stem for path in package.glob("*.py") if path.name not in COMMON}
    hidden = {name for name in files if name.startswith("_")}
    assert hidden == files - exporting(package)


@pytest.mark.parametrize("path", FILES, ids=map(shown, FILES))
def test_no_file_is_longer_than_400_lines(path):
    assert len(path.read_text("utf-8").splitlines()) <= 400


@pytest.mark.parametrize("package", PACKAGES, ids=map(shown, PACKAGES))
def test_no_folder_has_more_than_14_entries(package):
    entries = [path for path in package.iterdir() if path.name not in ("__pycache__", "py.typed")]
    assert len(entries) <= 14


@pytest.mark.parametrize("package", PACKAGES, ids=map(shown, PACKAGES))
def test_every_package_says_what_it_is_for(package):
    text = ast.get_docstring(ast.parse((package / "__init__.py").read_text("utf-8")))
    assert text
    assert text[0].isupper()


def test_no_two_files_share_a_name():
    places = defaultdict(list)
    for path in FILES:
        if path.name not in COMMON:
            places[path.name.removeprefix("_")].append(shown(path))
    for name in BASE_CLASS | TO_RENAME:
        places.pop(name, None)
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


@pytest.mark.parametrize("path", FILES, ids=map(shown, FILES))
def test_no_file_imports_names_from_the_package_that_holds_it(path):
    # such a file and the `__init__` import each other, which import-linter does not count
    package = path.parent
    siblings = {other.stem for other in package.glob("*.py")} | {
        other.name for other in package.iterdir() if other.is_dir()
    }
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module is None:
            assert {alias.name for alias in node.names} <= siblings
