"""Commands of the command line, one module each: `add_parser` registers it, `command` runs it."""
