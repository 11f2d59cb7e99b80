"""The directive ``command-reference``: every command and option, from the parsers themselves."""

import argparse
import re
from collections.abc import Iterator

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import nested_parse_with_titles

from xrpdsim.commands.command_line import _parser

WIDTH = 84


class CommandReference(SphinxDirective):
    """A section for each command of ``xrpdsim``."""

    def run(self) -> list[nodes.Node]:
        """Parse what `command_sections` writes, as if it stood in the page."""
        container = nodes.section()
        container.document = self.state.document
        lines = StringList(list(command_sections(_parser())), source="xrpdsim.commands")
        nested_parse_with_titles(self.state, lines, container)
        return container.children


def command_sections(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield the lines of the page, in reStructuredText.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of a program with commands.
    """
    commands = next(
        action for action in parser._actions if isinstance(action, argparse._SubParsersAction)
    )
    for name, command in commands.choices.items():
        command.formatter_class = lambda prog: argparse.HelpFormatter(prog, width=WIDTH)
        title = f"{parser.prog} {name}"
        yield from (f".. _command_{name}:", "", title, "-" * len(title), "")
        yield from (plain(command.description or ""), "")
        prefix = "usage: "
        usage = [line[len(prefix) :] for line in command.format_usage().rstrip().splitlines()]
        yield from (".. code-block:: text", "", *(f"   {line}" for line in usage), "")
        yield from (f".. program:: {title}", "")
        for action in command._actions:
            if not isinstance(action, argparse._HelpAction):
                text = (action.help or "") % {**vars(action), "prog": command.prog}
                yield from (f".. option:: {_how_it_is_given(action)}", "", f"   {plain(text)}", "")


def _how_it_is_given(action: argparse.Action) -> str:
    choices = "{" + ",".join(map(str, action.choices)) + "}" if action.choices else None
    if not action.option_strings:
        return action.metavar or choices or action.dest
    value = action.metavar or choices or action.dest.upper()
    takes_value = action.nargs != 0
    return ", ".join(f"{name} {value}" if takes_value else name for name in action.option_strings)


def plain(text: str) -> str:
    """Return a text with nothing that reStructuredText would take for markup."""
    return re.sub(r"([\\*`|_])", r"\\\1", text)


def setup(app):
    """Register the directive."""
    app.add_directive("command-reference", CommandReference)
    return {"parallel_read_safe": True}
