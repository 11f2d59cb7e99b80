"""The report of a sorted screen: one HTML page with all its pictures inside.

`sections/` has a file for each section of the page and `questions/` one for each thing that the
page asks a person to review; the markup is in `templates/`, style and script are in `assets/`, and
`drawing/` finds where lines and points go. It shows what was found and never sorts, judges or loads
anything, neither patterns nor a file from the network.
"""

from .limits import PageLimits
from .screen_report import render_report, write_report

__all__ = ["render_report", "write_report", "PageLimits"]
