"""The command line: a module a command, where `add_parser` registers it and `command` runs it."""

from ._main import main

__all__ = ["main"]
