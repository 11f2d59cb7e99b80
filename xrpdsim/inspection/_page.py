"""The page that a report stands on: style, and what hovering over the map shows."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

MOST_ROWS = 2000
"""Rows of a table that a browser still shows at once."""

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #222; margin: 2em auto; max-width: 940px;
  padding: 0 1em; }
h1 { font-size: 1.6em; margin-bottom: 0; } h2 { font-size: 1.2em; margin-top: 2em;
  border-bottom: 1px solid #ddd; } h3 { font-size: 1em; margin: 1.2em 0 .2em; }
table { border-collapse: collapse; font-size: .87em; margin: .6em 0; }
th, td { text-align: left; padding: .2em .8em .2em 0; border-bottom: 1px solid #eee;
  vertical-align: top; overflow-wrap: anywhere; }
svg { width: 100%; display: block; } svg text { font: 11px system-ui, sans-serif; }
.note { color: #555; font-size: .9em; } .mark { display: inline-block; width: .8em; height: .8em;
  border-radius: 50%; margin-right: .4em; }
.map { width: 520px; max-width: 100%; } .map img { width: 100%; image-rendering: pixelated;
  display: block; } #pointed { min-height: 3em; }
details { margin: .5em 0; } summary { cursor: pointer; }
code { font-size: .85em; overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; font-size: 11px; }
  h2, h3 { break-after: avoid; } svg, tr, .map { break-inside: avoid; }
  details { display: block; } #pointed { display: none; } }
"""

# Names and probability of the pair under the pointer.
SCRIPT = """
(function () {
  var map = document.getElementById("map"), out = document.getElementById("pointed");
  if (!map) return;
  var names = JSON.parse(document.getElementById("names").textContent);
  var levels = atob(document.getElementById("levels").textContent.trim());
  map.addEventListener("mousemove", function (event) {
    var box = map.getBoundingClientRect(), n = names.length;
    var j = Math.min(n - 1, Math.max(0, Math.floor((event.clientX - box.left) / box.width * n)));
    var i = Math.min(n - 1, Math.max(0, Math.floor((event.clientY - box.top) / box.height * n)));
    var p = levels.charCodeAt(i * n + j) / 255;
    out.textContent = names[i] + "  \u2014  " + names[j] + ":  probability " + p.toFixed(2);
  });
})();
window.addEventListener("beforeprint", function () {
  document.querySelectorAll("details").forEach(function (d) { d.open = true; });
});
"""


def page(title: str, sections: Iterable[str]) -> str:
    """Return a whole HTML page that needs nothing from anywhere else."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head><body>\n"
        + "\n".join(sections)
        + f"\n<script>{SCRIPT}</script></body></html>\n"
    )


def table(
    head: Sequence[str], rows: Iterable[Sequence[object]], all_rows_in: str | None = None
) -> str:
    """Return a table; cells are escaped. Long ones are cut short if they stand in a file too."""
    rows = list(rows)
    cut = len(rows) - MOST_ROWS if all_rows_in is not None else 0
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_shown(cell))}</td>" for cell in row) + "</tr>"
        for row in (rows[:MOST_ROWS] if cut > 0 else rows)
    )
    titles = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>" + (
        note(f"{cut} more rows stand in {all_rows_in}.") if cut > 0 else ""
    )


def section(title: str, *content: str) -> str:
    """Return a section of the page."""
    return f"<h2>{html.escape(title)}</h2>\n" + "\n".join(content)


def note(content: str) -> str:
    """Return a remark in small print."""
    return f'<p class="note">{html.escape(content)}</p>'


def _shown(cell: object) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)
