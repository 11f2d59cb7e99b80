"""A screen in which everything that a person names is hostile."""

from html.parser import HTMLParser

import numpy as np
import pytest

from xrpdsim.sorting import Corrections, Screen, sort_screen

VOID = {"meta", "img", "br", "link", "input", "path", "circle", "rect"}
HOSTILE = [
    "<script>document.title='taken'</script>",
    "</script><script>document.title='taken'</script>",
    "<!--<script>",
    '"><img src=x onerror="document.title=\'taken\'">',
    "' onmouseover='document.title=1' x='",
    "</title></style><svg onload=document.title='taken'>",
    "]]><b>&lt;&amp;{{ 7 * 7 }}{% raw %}",
    "Форма \N{GREEK SMALL LETTER ALPHA} \N{SNOWMAN} \U0001f4a5",
    "null\x00 bell\x07 escape\x1b[2J tab\t line\nend\r",
    "turned\N{RIGHT-TO-LEFT OVERRIDE}lmth.",
    b"not utf-8 \xff".decode("utf-8", "surrogateescape"),
    "javascript:document.title='taken'",
    "x" * 300,
    "$\\frac{1}{2}$ `${document.title=1}`",
]


class Parsed(HTMLParser):
    """Elements, attributes, texts and table cells of a page; every element must be closed."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.attributes, self.texts = [], [], [], []
        self.scripts, self.titles, self.cells = [], [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "td":
            self.cells.append("")
        if tag == "script":
            self.scripts.append((dict(attrs), ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts[-1] = (self.scripts[-1][0], self.scripts[-1][1] + data)
        elif self.open and self.open[-1] == "title":
            self.titles.append(data)
        elif self.open[-1:] != ["style"]:
            self.texts.append(data)
            if "td" in self.open:
                self.cells[-1] += data


@pytest.fixture(scope="session")
def parse():
    return Parsed


@pytest.fixture(scope="session")
def hostile():
    return HOSTILE


@pytest.fixture(scope="session")
def hostile_screen(campaign):
    """Names of files, forms, references, folders, remarks and corrections that mean harm."""
    n = len(campaign.X)
    files = [f"{HOSTILE[row % len(HOSTILE)]}{row}" for row in range(n)]
    screen = Screen(
        campaign.X,
        campaign.two_theta,
        files,
        "<script>document.title='taken'</script>",
        hashes=["0" * 64] * 2 + [f"{row:064d}" for row in range(2, n)],
        wells=[f"{chr(65 + row // 12)}{row % 12 + 1}" for row in range(n)],
        skipped=[(name, f"because {name}") for name in HOSTILE],
        remarks=[(name, f"but {name}") for name in HOSTILE],
    )
    forms = campaign.form.astype(str)
    first = [int(np.flatnonzero(forms == form)[0]) for form in np.unique(forms)[:2]]
    references = Screen(
        campaign.X[first],
        campaign.two_theta,
        [HOSTILE[0], HOSTILE[3]],
        HOSTILE[1],
        forms=[HOSTILE[1], HOSTILE[4]],
        skipped=[(HOSTILE[5], HOSTILE[2])],
    )
    no_pairs = np.empty((0, 2), dtype=np.intp)
    corrections = Corrections(no_pairs, no_pairs, {first[0]: HOSTILE[6]})
    return sort_screen(screen, references=references, corrections=corrections)
