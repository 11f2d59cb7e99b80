"""The code of every page runs: what a reader copies works, in a folder with files to work on."""

import ast
import re
import shutil
import textwrap
import tomllib
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from xrpdsim import DeGelderSimilarity, SiameseXRPDEmbedder
from xrpdsim.datasets import make_screening_campaign, save_campaign
from xrpdsim.io import write_pattern
from xrpdsim.patterns import Pattern
from xrpdsim.preprocessing import PatternNormalizer
from xrpdsim.similarity.second_look import SecondLook

ROOT = Path(__file__).parents[1]
PAGES = [
    path
    for path in [ROOT / "README.md", *ROOT.glob("docs/*.rst"), *ROOT.glob("docs/user_guide/*.rst")]
    if re.search(r"^(\.\. code-block:: python|```python)$", path.read_text("utf-8"), re.M)
]
# Of these only the imports run: one asks for a cluster, the other downloads.
NOT_RUN = {"distributed.rst", "public_data.rst"}
RUTILE = """data_rutile
_diffrn_ambient_temperature 293
_space_group_name_H-M_alt 'P 42/m n m'
_cell_length_a 4.594
_cell_length_b 4.594
_cell_length_c 2.959
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Ti1 Ti 0 0 0
O1 O 0.305 0.305 0
"""
SLOW = {
    "embedding.rst",
    "index.rst",
    "README.md",
    "pretrained.rst",
    "second_look.rst",
    "train_on_your_archive.rst",
}


def blocks_of(page):
    """Return the code of a page, block by block."""
    text = page.read_text("utf-8")
    if page.suffix == ".md":
        return re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)
    found = re.findall(r"^\.\. code-block:: python\n\n((?:[ \t]+.*\n|\n)+)", text + "\n", re.M)
    return [textwrap.dedent(block) for block in found]


@pytest.fixture(scope="module")
def campaign():
    """Return four compounds with two forms each."""
    return make_screening_campaign(4, 8, 24, preset="transmission", random_state=0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, campaign):
    """Return a folder with what the pages name: a screen, known forms, an archive, single files."""
    place = tmp_path_factory.mktemp("reader")
    archive = make_screening_campaign(6, 12, 36, preset="transmission", random_state=1)
    for name in ("my_archive", "archive"):
        save_campaign(archive, place / name)
    first = campaign.compound == campaign.compound[0]
    for name in ("my_screen", "screen", "known_forms"):
        (place / name).mkdir()
    for number, row in enumerate(np.flatnonzero(first)):
        measured = ~np.isnan(campaign.X[row])
        pattern = Pattern(
            campaign.two_theta[measured], campaign.X[row][measured], wavelength=1.5405929
        )
        for name in ("my_screen", "screen"):
            write_pattern(pattern, place / name / f"plate_{number}.xy")
        write_pattern(pattern, place / "known_forms" / f"{campaign.form[row]}.xy")
    write_pattern(pattern, place / "batch7.xy")
    shutil.copy(place / "batch7.xy", place / "batch7.raw")
    (place / "structure.cif").write_text(RUTILE, "utf-8")
    (place / "corrections.csv").write_text(
        "file,relation,other\nplate_0,exclude,slipped\n", "utf-8"
    )
    return place


@pytest.fixture
def at_hand(campaign):
    """Return what a page takes for granted: patterns, their labels, a few answers."""
    names = {"X": campaign.X, "y": campaign.y, "compound": campaign.compound}
    names |= {"counts": campaign.X, "screens": campaign, "screen": campaign.X, "X_new": campaign.X}
    names |= {"pairs": [[0, 1], [0, 2]], "answers": [True, False]}
    names["model"] = make_pipeline(PatternNormalizer(), DeGelderSimilarity())
    return names


@pytest.fixture
def short_training(monkeypatch):
    """Cut trainings short: what they learn is tested elsewhere."""
    monkeypatch.setitem(SiameseXRPDEmbedder.__init__.__kwdefaults__, "max_epochs", 1)
    monkeypatch.setitem(SecondLook.__init__.__kwdefaults__, "steps", 2)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=[pytest.mark.slow] if page.name in SLOW else [], id=page.name)
        for page in PAGES
    ],
)
@pytest.mark.usefixtures("short_training")
def test_the_code_of_a_page_runs(page, folder, at_hand, tmp_path, monkeypatch):
    monkeypatch.chdir(shutil.copytree(folder, tmp_path / "reader"))
    blocks = blocks_of(page)
    assert blocks
    for number, block in enumerate(blocks):
        tree = ast.parse(block)
        if page.name in NOT_RUN:
            tree.body = [
                node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)
            ]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(tree, f"{page.name}, block {number + 1}", "exec"), at_hand)


def test_every_page_with_a_doctest_is_run_by_pytest():
    with (ROOT / "pyproject.toml").open("rb") as file:
        tested = tomllib.load(file)["tool"]["pytest"]["ini_options"]["testpaths"]
    pages = [*ROOT.glob("docs/*.rst"), *ROOT.glob("docs/user_guide/*.rst")]
    untested = [
        path.name
        for path in pages
        if re.search(r"^ *>>> ", path.read_text("utf-8"), re.M)
        and not any(path.is_relative_to(ROOT / place) for place in tested)
    ]
    assert untested == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_on_a_page_is_marked_as_such(page):
    """A block after two colons alone has no language, and would be missed above."""
    bare = re.findall(r"(?:[^:.\n]|\n)::\n\n((?: +.*\n)+)", page.read_text("utf-8"))
    assert [block for block in bare if "import " in block or " = " in block] == []
