"""The command line: a module a command, where `add_parser` registers it and `command` runs it.

A command checks what it is given, calls the library and prints; what is computed is decided there.
"""

from .command_line import main

__all__ = ["main"]
