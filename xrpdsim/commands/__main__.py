"""Run the command as ``python -m xrpdsim.commands``."""

import sys

from .command_line import main

if __name__ == "__main__":
    sys.exit(main())
