"""The page of commands has every command and option that the parsers have."""

import importlib.util
import re
from pathlib import Path

import pytest

from xrpdsim.commands import main

pytest.importorskip("sphinx")
SCRIPT = Path(__file__).parents[1] / "docs" / "command_reference.py"


@pytest.fixture(scope="module")
def page():
    """Return the lines that the directive writes."""
    spec = importlib.util.spec_from_file_location("command_reference", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(module.command_sections(module._parser()))


def sections(page):
    """Return the options of each command on the page."""
    found = {}
    for line in page:
        if line.startswith(".. program:: "):
            options = found.setdefault(line.removeprefix(".. program:: "), set())
        elif line.startswith(".. option:: "):
            options |= set(re.findall(r"(?:^|, )(-{1,2}[\w-]+)", line.removeprefix(".. option:: ")))
    return found


def test_every_command_of_the_help_is_on_the_page_with_its_options(page, capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = re.search(r"{([\w,]+)}", capsys.readouterr().out)[1].split(",")
    found = sections(page)
    assert list(found) == [f"xrpdsim {name}" for name in commands]
    for name in commands:
        with pytest.raises(SystemExit):
            main([name, "--help"])
        options = set(re.findall(r"^  (--[\w-]+)", capsys.readouterr().out, re.M))
        assert found[f"xrpdsim {name}"] == options


def test_every_option_says_what_it_is_for(page):
    text = "\n".join(page)
    assert re.findall(r"^\.\. option:: (.*)\n\n   (?:default.*)?$", text, re.M) == []


def test_defaults_are_written_out(page):
    assert "   the report; all other files are written beside it (default: report.html)" in page


def test_nothing_in_a_help_text_is_taken_for_markup(page):
    text = "\n".join(page)
    assert r"load\_campaign" in text
