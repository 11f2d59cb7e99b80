import base64
import hashlib
import json
import re
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import xrpdsim
from xrpdsim.inspection import PageLimits, render_report, write_report
from xrpdsim.sorting import Screen, sort_screen

TAGS = {
    "html", "head", "meta", "title", "style", "body", "section", "script", "h1", "h2", "h3", "h4",
    "p", "strong", "code", "div", "span", "table", "thead", "tbody", "tr", "th", "td", "details",
    "summary", "img", "svg", "g", "path", "text", "circle", "rect", "noscript", "kbd", "ol", "li",
    "pre", "input", "label", "button",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "name", "content", "http-equiv", "id", "class", "type", "title", "alt",
    "src", "style", "role", "aria-label", "aria-hidden", "viewbox", "width", "height", "x", "y",
    "cx", "cy", "r", "d", "fill", "stroke", "tabindex", "transform", "maxlength", "size",
    "autocomplete", "hidden", "data-row", "data-node",
}  # fmt: skip


@pytest.fixture(scope="module")
def page(found):
    return render_report(found, run={"command": "xrpdsim sort"})


@pytest.fixture(scope="module")
def hostile_page(hostile_screen, hostile):
    return render_report(hostile_screen, run={name: name for name in hostile})


def test_the_page_is_well_formed_and_loads_nothing(page, parse):
    parsed = parse(page)
    loaded = [value for name, value in parsed.attributes if name in ("src", "href", "data")]
    assert all(address.startswith("data:") for address in loaded)
    assert not re.search(r"url\(|@import|fetch\(|XMLHttp", page)
    assert parsed.tags.count("title") > 40


@pytest.mark.parametrize(
    "content",
    ["Groups", "Questions", "Viewer", "Plates", "Similarity map", "Map of the screen", "notes.txt",
     "SHA-256", "xrpdsim sort", "Sorted by the similarity organic-2", "Save and sort again",
     "Byte-identical", "no Bragg lines: amorphous"],
)  # fmt: skip
def test_all_parts_are_there(page, content):
    assert content in page


def test_figures_are_those_of_the_table(page, found, parse):
    texts = set(parse(page).cells)
    table = found.table()
    assert {f"{value:.2f}" for value in table["probability"]} <= texts


def test_rows_wells_leaves_and_points_carry_the_number_of_their_pattern(page, found):
    n_patterns, n_mapped = len(found.screen.files), int((~found.clusterer.amorphous_).sum())
    numbers = Counter(map(int, re.findall(r'data-row="(\d+)"', page)))
    assert sorted(numbers) == list(range(n_patterns))
    # the table and the plate hold all, the tree and the map the crystalline ones
    assert numbers.total() == 2 * n_patterns + 2 * n_mapped
    assert page.count("data-node=") == n_mapped - 1


def test_levels_of_the_map_are_the_probabilities(page, found):
    text = re.search(r'id="levels">([^<]+)<', page)[1]
    levels = np.frombuffer(base64.b64decode(text), dtype=np.uint8)
    n = (~found.clusterer.amorphous_).sum()
    assert levels.size == n * n
    assert (levels.reshape(n, n).diagonal() > 200).all()


def test_hostile_names_add_no_element_and_no_attribute(hostile_page, parse):
    parsed = parse(hostile_page)
    assert set(parsed.tags) <= TAGS
    assert {name for name, _ in parsed.attributes} <= ATTRIBUTES
    assert "html" in parsed.tags
    assert parsed.tags.count("style") == parsed.tags.count("html") == 1


def test_of_the_scripts_only_those_run_that_the_policy_names(hostile_page, page, parse):
    scripts = parse(hostile_page).scripts
    kinds = [(attributes.get("type"), attributes.get("id")) for attributes, _ in scripts]
    assert kinds == [
        ("application/json", "names"),
        ("text/plain", "levels"),
        ("application/json", "screen"),
        ("text/plain", "intensities"),
        (None, None),
        (None, None),
    ]
    assert [text for _, text in scripts[-2:]] == [text for _, text in parse(page).scripts[-2:]]
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', hostile_page)
    digests = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for _, text in scripts[-2:]
    ]
    assert "default-src 'none'" in policy
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    assert policy.endswith(f"script-src {allowed}")


def test_hostile_names_can_be_read(hostile_page, hostile_screen, parse):
    parsed = parse(hostile_page)
    shown = {
        "null\x00 bell\x07 escape\x1b[2J tab\t line\nend\r": (
            "null␀ bell␇ escape␛[2J tab␉ line␊end␍"
        ),
        "turned\N{RIGHT-TO-LEFT OVERRIDE}lmth.": "turned\N{REPLACEMENT CHARACTER}lmth.",
        b"not utf-8 \xff".decode("utf-8", "surrogateescape"): r"not utf-8 \xff",
    }
    texts = set(parsed.cells)
    names = json.loads(parsed.scripts[0][1])
    data = json.loads(parsed.scripts[2][1])
    assert data["files"] == hostile_screen.screen.files
    for row, name in enumerate(hostile_screen.screen.files):
        for hard, soft in shown.items():
            name = name.replace(hard, soft)
        assert name in texts
        assert name in names or hostile_screen.clusterer.amorphous_[row]
        assert data["shown"].get(str(row), data["files"][row]) == name
    assert [group["name"] for group in data["groups"]] == hostile_screen.group_names
    assert parsed.titles[0].startswith("Solid forms in ")


def test_a_hostile_page_can_be_written(hostile_screen, tmp_path):
    write_report(hostile_screen, tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)


def test_long_names_are_cut_by_an_ellipsis_and_no_word_is_broken(hostile_page):
    style = re.search(r"<style>(.*?)</style>", hostile_page, re.DOTALL)[1]
    assert "text-overflow: ellipsis" in style
    assert "anywhere" not in style
    assert "break-all" not in style
    pattern = r'<span class="name" title="(x{300}\d+)"><span>(x+)</span><span>(x+\d+)</span></span>'
    cut = re.findall(pattern, hostile_page)
    assert cut
    assert all(head + tail == name for name, head, tail in cut)


def test_spaces_stand_where_they_belong(hostile_page, page, parse):
    for text in (hostile_page, page):
        notes = re.findall(r'<p class="note">(.*?)</p>', text, re.DOTALL)
        words = [" ".join(re.sub(r"<[^>]+>", "", note).split()) for note in notes]
        assert words
        assert not [note for note in words if re.search(r"\S\(prob| [.,)]|\( ", note)]


def test_a_report_appears_whole_or_not_at_all(found, tmp_path):
    class Unspeakable:
        def __str__(self):
            raise OSError("full")

    path = tmp_path / "report.html"
    write_report(found, path)
    before = path.read_bytes()
    with pytest.raises(OSError, match="full"):
        write_report(found, path, run={"command": Unspeakable()})
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_the_page_of_a_large_screen_shows_a_sample_and_stays_small(campaign):
    files = [f"{row:04d}_A{row % 12 + 1}.xy" for row in range(len(campaign.X))]
    hashes = [f"{row:064d}" for row in range(len(files))]
    screen = Screen(campaign.X, campaign.two_theta, files, "screen", hashes, wells=["A1"] * 40)
    found = sort_screen(screen, portion=12)
    page = render_report(found, limits=PageLimits(table_rows=10, plates=1, patterns=20))
    assert page.count("Shown are 12 patterns that stand for all 3") == 2
    assert page.count("the tree is of these only") == 2
    assert len(json.loads(re.search(r'id="names">([^<]+)<', page)[1])) == 12
    assert "more plates are not drawn" in page
    assert "30 more rows are in forms.csv" in page
    of_list = hashlib.sha256("".join(f"{digest}\n" for digest in hashes).encode()).hexdigest()
    assert of_list in page
    assert hashes[7] not in page
    assert hashes[7] in found.table().to_csv()


def test_templates_and_assets_are_in_the_package():
    settings = Path(xrpdsim.__file__).parents[1] / "pyproject.toml"
    if not settings.exists():
        pytest.skip("needs the checkout")
    data = tomllib.loads(settings.read_text())["tool"]["setuptools"]["package-data"]
    folder = Path(xrpdsim.__file__).parent / "inspection" / "page"
    packed = {path for each in data["xrpdsim.inspection.page"] for path in folder.glob(each)}
    for kind in ("templates", "assets"):
        files = {path for path in (folder / kind).rglob("*") if path.is_file()}
        assert files
        assert files <= packed
