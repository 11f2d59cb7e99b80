"""A sorted screen on one page that opens in any browser, without a network."""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import Any

from ..._support._files import write_atomically
from ...sorting import SortedScreen
from ._page_data import packed_patterns, page_data
from ._shown_screen import ShownScreen
from ._templates import STYLES, asset, digest_of, render, script
from .limits import PageLimits
from .questions import questions_of
from .sections import SECTIONS

_LIBRARY = "uplot/uPlot"


def write_report(
    found: SortedScreen,
    path: str | os.PathLike[str],
    *,
    run: dict[str, Any] | None = None,
    limits: PageLimits | None = None,
    chosen: Collection[int] = (),
) -> None:
    """Write the report of a sorted screen: one HTML page with all its pictures inside.

    Parameters
    ----------
    found : SortedScreen
        As from `sort_screen`.
    path : path-like
        The file appears whole or not at all.
    run : dict of str to object, optional
        What else to say of how it was made, such as the command.
    limits : PageLimits, optional
        How much is shown of a large screen.
    chosen : collection of int, optional
        Rows of patterns that the page holds in any case, however large the screen.

    See Also
    --------
    xrpdsim.sorting.sort_screen : what it shows.
    xrpdsim.inspection.PageLimits : how much of a large screen.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> from xrpdsim.sorting import Screen, sort_screen
    >>> campaign = make_screening_campaign(1, 2, 20, preset="bragg-brentano", random_state=0)
    >>> screen = Screen(campaign.X, campaign.two_theta, [f"{k}.xy" for k in range(20)])
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "report.html"
    >>> write_report(sort_screen(screen), path)
    >>> path.read_text(encoding="utf-8")[:15]
    '<!DOCTYPE html>'
    """
    text = render_report(found, run=run, limits=limits, chosen=chosen)
    with write_atomically(path) as file:
        file.write(text)


def render_report(
    found: SortedScreen,
    *,
    run: dict[str, Any] | None = None,
    limits: PageLimits | None = None,
    chosen: Collection[int] = (),
) -> str:
    """Return the report as text; see `write_report`.

    Parameters
    ----------
    found : SortedScreen
        As from `sort_screen`.
    run : dict of str to object, optional
        What else to say of how it was made.
    limits : PageLimits, optional
        How much is shown of a large screen.
    chosen : collection of int, optional
        Rows of patterns that the page holds in any case, however large the screen.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> from xrpdsim.inspection import render_report
    >>> from xrpdsim.sorting import Screen, sort_screen
    >>> campaign = make_screening_campaign(1, 2, 20, preset="bragg-brentano", random_state=0)
    >>> screen = Screen(campaign.X, campaign.two_theta, [f"{k}.xy" for k in range(20)])
    >>> found = sort_screen(screen, similarity="pearson")
    >>> render_report(found)[:15]
    '<!DOCTYPE html>'
    """
    shown = ShownScreen(found, PageLimits() if limits is None else limits, run or {}, chosen)
    shown.questions = questions_of(shown)
    sections = []
    for section, contents in SECTIONS.items():
        values = contents(shown)
        if values is not None:
            sections.append({"template": f"sections/{section}.html", **values})
    scripts = [asset(_LIBRARY + ".iife.min.js"), script()]
    return render(
        "screen_report.html",
        name=shown.name,
        sections=sections,
        style="".join(map(asset, (_LIBRARY + ".min.css", *STYLES))),
        scripts=scripts,
        script_digests=[digest_of(text) for text in scripts],
        licence=asset("uplot/LICENSE"),
        data=page_data(shown),
        intensities=packed_patterns(shown),
    )
