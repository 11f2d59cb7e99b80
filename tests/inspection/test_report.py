import base64
import hashlib
import io
import json
import re
import shutil
import subprocess
from functools import partial
from html.parser import HTMLParser

import numpy as np
import pytest
from scipy.cluster.hierarchy import average, dendrogram
from scipy.spatial.distance import pdist, squareform

from xrpdsim.inspection import map_in_two_dimensions, write_report
from xrpdsim.inspection._svg import curve, heat_map, tree
from xrpdsim.inspection.report import render_report
from xrpdsim.sorting import FormClusterer, Screen, sort_screen

VOID = {"meta", "img", "br", "link", "input"}


class Checker(HTMLParser):
    """Keeps a stack of open elements, and what is loaded from elsewhere."""

    def __init__(self):
        super().__init__()
        self.open, self.loaded, self.titles = [], [], 0

    def handle_starttag(self, tag, attrs):
        self.loaded += [value for name, value in attrs if name in ("src", "href", "data")]
        self.titles += tag == "title"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.loaded += [value for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(found):
    return render_report(found, run={"command": "xrpdsim sort"})


def test_the_page_is_well_formed_and_loads_nothing(page):
    checker = Checker()
    checker.feed(page)
    assert checker.open == []
    assert all(address.startswith("data:") for address in checker.loaded)
    assert not re.search(r"url\(|@import|fetch\(|XMLHttp", page)
    assert checker.titles > 40


def test_names_of_files_are_escaped(page):
    assert "<b>" not in page
    assert "&lt;b&gt;&amp;0_A1.xy" in page


@pytest.mark.parametrize(
    "content",
    ["Groups", "To look at", "Plates", "Similarity map", "Map of the screen", "notes.txt",
     "Closest pairs across groups", "Farthest pairs within groups", "SHA-256", "xrpdsim sort",
     "sorted by the similarity organic-1", "Byte-identical", "no Bragg lines: amorphous"],
)  # fmt: skip
def test_all_parts_are_there(page, content):
    assert content in page


def test_levels_of_the_map_are_the_probabilities(page, found):
    text = re.search(r'id="levels">([^<]+)<', page)[1]
    levels = np.frombuffer(base64.b64decode(text), dtype=np.uint8)
    n = (~found.clusterer.amorphous_).sum()
    assert levels.size == n * n
    assert (levels.reshape(n, n).diagonal() > 200).all()


def test_a_report_appears_whole_or_not_at_all(found, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    write_report(found, path)
    before = path.read_bytes()
    monkeypatch.setattr(
        "xrpdsim.inspection.report.run_section", lambda *_: (_ for _ in ()).throw(OSError("full"))
    )
    with pytest.raises(OSError, match="full"):
        write_report(found, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_the_picture_of_a_matrix_is_a_png():
    image = pytest.importorskip("PIL.Image")
    content = base64.b64decode(heat_map(np.array([[0.0, 1.0], [0.5, 0.0]])).split(",")[1])
    pixels = np.asarray(image.open(io.BytesIO(content)).convert("RGB")).astype(int).sum(axis=2)
    assert pixels[0, 0] == pixels[1, 1] < pixels[1, 0] < pixels[0, 1]


def test_curves_stay_in_their_box_and_leave_gaps():
    values = np.linspace(0, 1, 2000)
    values[500:700] = np.nan
    path = re.search(r'd="([^"]+)"', curve(values, (10, 20, 100, 50), title="x", colour="red"))[1]
    numbers = np.array(re.findall(r"[ML]([\d.]+) ([\d.]+)", path), dtype=float)
    assert path.count("M") == 2
    assert numbers[:, 0].min() >= 10
    assert numbers[:, 0].max() <= 110
    assert numbers[:, 1].min() >= 20
    assert numbers[:, 1].max() <= 70


def test_distances_in_a_plane_are_found_again():
    points = np.random.default_rng(0).uniform(0, 0.5, (12, 2))
    distance = squareform(pdist(points))
    places = map_in_two_dimensions(1 - distance)
    np.testing.assert_allclose(squareform(pdist(places)), distance, atol=1e-9)


def test_the_page_of_a_large_screen_shows_a_sample_and_stays_small(campaign, monkeypatch):
    files = [f"{row:04d}_A{row % 12 + 1}.xy" for row in range(len(campaign.X))]
    hashes = [f"{row:064d}" for row in range(len(files))]
    screen = Screen(campaign.X, campaign.two_theta, files, "screen", hashes, wells=["A1"] * 40)
    monkeypatch.setattr(
        "xrpdsim.sorting.screens.workflow.FormClusterer", partial(FormClusterer, portion=12)
    )
    for module in ("_page", "_section_run"):
        monkeypatch.setattr(f"xrpdsim.inspection.{module}.MOST_ROWS", 10)
    monkeypatch.setattr("xrpdsim.inspection._section_groups._DRAWN_GROUPS", 1)
    monkeypatch.setattr("xrpdsim.inspection._section_plates._MOST_PLATES", 1)
    found = sort_screen(screen)
    page = render_report(found)
    assert page.count("Shown are 12 patterns that stand for all 3") == 3
    assert len(json.loads(re.search(r'id="names">([^<]+)<', page)[1])) == 12
    assert f"{len(found.group_names) - 1} smaller groups not drawn" in page
    assert "30 more rows stand in forms.csv" in page
    of_list = hashlib.sha256("".join(f"{digest}\n" for digest in hashes).encode()).hexdigest()
    assert of_list in page
    assert hashes[7] not in page
    assert hashes[7] in found.table().to_csv()


def test_a_tree_is_drawn_as_scipy_draws_it():
    names = [str(k) for k in range(12)]
    linkage = average(np.random.default_rng(0).uniform(0, 1, 66))
    drawn = tree(linkage, names, 0.5, "tree")
    paths = re.findall(r'd="M([\d.]+) ([\d.]+)V([\d.]+)H([\d.]+)V([\d.]+)"', drawn)
    ours = sorted((float(x1), float(x2), float(y)) for x1, _, y, x2, _ in paths)
    theirs = dendrogram(linkage, no_plot=True)
    expected = sorted(
        (xs[0] / 120 * 520, xs[2] / 120 * 520, 120 - 115 * ys[1])
        for xs, ys in zip(theirs["icoord"], theirs["dcoord"], strict=True)
    )
    np.testing.assert_allclose(ours, expected, atol=0.06)


def test_a_tree_may_be_as_deep_as_it_has_leaves():
    n = 1500
    chain = [[k - 1 + n if k else 0, k + 1, (k + 1) / n, k + 2] for k in range(n - 1)]
    assert tree(np.array(chain), [""] * n, 0.5, "tree").count("<path") == n - 1


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")
def test_a_browser_shows_the_page(found, tmp_path):
    write_report(found, tmp_path / "report.html")
    printed = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
         (tmp_path / "report.html").as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    assert "What was run" in printed
