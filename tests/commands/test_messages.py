"""Mistakes as people make them, at the command line and in Python, answered in one sentence."""

import json

import numpy as np
import pytest

from xrpdsim import FormClusterer, PairwisePhaseClassifier
from xrpdsim.commands import main
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.inspection import write_report
from xrpdsim.io import write_pattern
from xrpdsim.patterns import Pattern
from xrpdsim.sorting import read_corrections, read_screen, sort_screen


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A screen of six files, and what is given by mistake."""
    place = tmp_path_factory.mktemp("mistakes")
    for folder in ("screen", "pdfs", "empty", "no wavelength", "labels", "one"):
        (place / folder).mkdir()
    campaign = make_screening_campaign(1, 2, 6, preset="bragg-brentano", random_state=0)
    for row, counts in enumerate(campaign.X):
        measured = ~np.isnan(counts)
        pattern = Pattern(campaign.two_theta[measured], counts[measured], wavelength=1.5406)
        write_pattern(pattern, place / "screen" / f"A{row + 1:02d}.xy")
        text = (place / "screen" / f"A{row + 1:02d}.xy").read_text("utf-8")
        bare = "\n".join(line for line in text.splitlines() if "wavelength" not in line)
        (place / "no wavelength" / f"A{row + 1:02d}.xy").write_text(bare)
        (place / "labels" / f"A{row + 1:02d}.xy").write_text(bare)
    (place / "one" / "A01.xy").write_text(text)
    for name in ("a.pdf", "b.pdf"):
        (place / "pdfs" / name).write_bytes(b"%PDF-1.4\n%\xe2\xe3\n1 0 obj\n")
    (place / "file").touch()
    (place / "other.csv").write_text("file,relation,other\nB01.xy,same,B02.xy\nB03.xy,form,I\n")
    (place / "typing.csv").write_text("file,relation,other\nA1.xy,form,I\nA02.xy,form,I\n")
    (place / "forms.csv").write_text("file,group\nA01.xy,group 1\n")
    (place / "run.json").write_text("{}")
    return place


def said(place, capsys, arguments):
    """What is printed on standard error; the command must refuse."""
    try:
        status = main([argument.format(place=place) for argument in arguments])
    except SystemExit as stopped:  # as argparse does
        status = stopped.code
    assert status == 2
    printed = capsys.readouterr().err.replace("\r", "\n").splitlines()
    (line,) = (line for line in printed if line.startswith("xrpdsim"))
    assert printed[-1] == line  # what comes before shows progress
    return line.replace(f"{place}/", "")


SCREEN = ["sort", "{place}/screen", "--method", "screening", "--out", "{place}/report.html"]
MISTAKES = {
    "a folder of PDFs": (
        ["sort", "{place}/pdfs"],
        "xrpdsim: pdfs holds no powder pattern that can be read (a.pdf and 1 more: not a known "
        "pattern format: the file is a PDF document); give the folder of the files that the "
        "instrument wrote",
    ),
    "an empty folder": (
        ["sort", "{place}/empty"],
        "xrpdsim: empty holds no file; give the folder that holds the patterns",
    ),
    "an empty folder of references": (
        [*SCREEN, "--references", "{place}/empty"],
        "xrpdsim: empty holds no file; give the folder that holds the patterns",
    ),
    "one file": (
        ["sort", "{place}/screen/A01.xy"],
        "xrpdsim: 'screen/A01.xy' is a file; give the folder that it lies in",
    ),
    "many files, as a shell writes them": (
        ["sort", "{place}/screen/A01.xy", "{place}/screen/A02.xy"],
        "xrpdsim: sort takes one folder, got 2 files or folders; give the folder that they lie in, "
        "and further ones after --add",
    ),
    "a pattern of names": (
        ["sort", "{place}/screen/*.xy"],
        "xrpdsim: there is no folder 'screen/*.xy'; give the folder itself, without *",
    ),
    "one pattern": (
        ["sort", "{place}/one", "--method", "screening", "--out", "{place}/report.html"],
        "xrpdsim: one: one pattern cannot be sorted; compare two with xrpdsim compare",
    ),
    "a report in a file": (
        ["sort", "{place}/screen", "--out", "{place}/file/report.html"],
        "xrpdsim: 'file' is a file; give --out a report in a folder, such as report.html",
    ),
    "a report that is a PDF": (
        ["sort", "{place}/screen", "--out", "{place}/report.pdf"],
        "xrpdsim: --out 'report.pdf': the report is a page; end its name in .html",
    ),
    "per cent": (
        ["sort", "{place}/screen", "--min-probability", "50%"],
        "xrpdsim: argument --min-probability: must be a number from 0 to 1, got '50%'; see xrpdsim "
        "sort --help",
    ),
    "an option that there is not": (
        ["sort", "{place}/screen", "--threshold", "0.5"],
        "xrpdsim: unrecognized arguments: --threshold 0.5; see xrpdsim --help",
    ),
    "a wavelength in nm": (
        ["sort", "{place}/no wavelength", "--wavelength", "0.15406"],
        "xrpdsim: wavelength='0.15406' is K-alpha of Cu in nm; give it in angstrom, 1.5406, or "
        "write '0.15406 A' if it is meant",
    ),
    "a wavelength in pm": (
        ["sort", "{place}/no wavelength", "--wavelength", "154.06"],
        "xrpdsim: wavelength='154.06' is not a plausible X-ray wavelength; give it in angstrom, "
        "for example 1.5406, or with its unit, for example '154.06 pm'",
    ),
    "corrections of another screen": (
        [*SCREEN, "--corrections", "{place}/other.csv"],
        "xrpdsim: other.csv is about another screen: none of its 2 rows names a file of this one, "
        "which has 'A01.xy'; give the corrections that its report saved",
    ),
    "a name that is mistyped": (
        [*SCREEN, "--corrections", "{place}/typing.csv"],
        "xrpdsim: typing.csv, row 2: the screen has no file 'A1.xy'; did you mean 'A01.xy'?",
    ),
    "another table as corrections": (
        [*SCREEN, "--corrections", "{place}/forms.csv"],
        "xrpdsim: forms.csv lacks the column relation; it has file, group",
    ),
    "a folder to compare": (
        ["compare", "{place}/screen", "{place}/screen/A01.xy"],
        "xrpdsim: 'screen' is a folder; give a file in it",
    ),
    "a file that is not there": (
        ["compare", "{place}/screen/A01.xy", "{place}/screen/A99.xy"],
        "xrpdsim: there is no file 'screen/A99.xy'",
    ),
    "a picture of another kind": (
        ["compare", "{place}/screen/A01.xy", "{place}/screen/A02.xy", "--out", "{place}/a.png"],
        "xrpdsim: a.png: the ending '.png' is neither .svg nor .html",
    ),
    "a record that is none": (
        ["verify", "{place}/run.json"],
        "xrpdsim: run.json is no record that xrpdsim sort wrote; give the run.json of a run",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_answered_in_one_sentence(place, capsys, arguments, message):
    assert said(place, capsys, arguments) == message
    assert not (place / "report.html").exists()


LABELS = {
    "another heading": (
        "filename,wavelength\nA01.xy,1.5406\n",
        "labels.csv lacks the column file; it has filename, wavelength",
    ),
    "a heading that is mistyped": (
        "file,wave_length\nA01.xy,1.5406\n",
        "labels.csv: the column 'wave_length' is not known; if it is meant, call it 'wavelength'",
    ),
    "names without endings": (
        "file,wavelength\nA01,1.5406\n",
        "labels.csv lists no file of its folder, but 'A01'; write names with their endings",
    ),
    "names of metals": (
        "file,wavelength\n" + "".join(f"A0{k}.xy,Copper\n" for k in range(1, 7)),
        "(A01.xy and 5 more: wavelength='Copper' is not a wavelength; give a number in angstrom",
    ),
}


@pytest.mark.parametrize(("table", "message"), LABELS.values(), ids=LABELS)
def test_a_table_of_labels_that_cannot_be_meant_is_refused(place, capsys, table, message):
    (place / "labels" / "labels.csv").write_text(table)
    assert message in said(place, capsys, ["sort", "{place}/labels"])


def test_headings_in_capitals_are_understood(place):
    names = "".join(f"A0{k}.xy,1.5406,A{k}\n" for k in range(1, 7))
    (place / "labels" / "labels.csv").write_text(f"File,Wavelength,WELL\n{names}")
    assert read_screen(place / "labels").wells == [f"A{k}" for k in range(1, 7)]


def test_decimal_commas_are_read_as_what_they_mean(place, tmp_path):
    for path in (place / "screen").iterdir():
        text = path.read_text("utf-8").replace(".", ",")
        (tmp_path / path.name).write_text(text)
    with_commas = read_screen(tmp_path, wavelength="1,5406")
    np.testing.assert_allclose(with_commas.X, read_screen(place / "screen").X)
    assert set(with_commas.wavelengths) == {1.5406}


def test_a_synchrotron_wavelength_can_be_stated_though_it_looks_like_nm(place):
    screen = read_screen(place / "no wavelength", wavelength="0.15406 A")
    assert set(screen.wavelengths) == {0.15406}


def mistakes_in_python(place):
    screen = read_screen(place / "screen")
    return {
        "X is 'screen', not an array of patterns": lambda: FormClusterer("screening").fit("screen"),
        "X is a Screen, not an array": lambda: FormClusterer("screening").fit(screen),
        "give its attribute X": lambda: PairwisePhaseClassifier.from_pretrained().pairwise(screen),
        "screen must be a Screen, got str; read_screen": lambda: sort_screen("screen"),
        "references must be a Screen": lambda: sort_screen(screen, references="known"),
        "corrections must be a Corrections": lambda: sort_screen(screen, corrections="c.csv"),
        "files must be the names": lambda: read_corrections(place / "typing.csv", screen),
        "found must be a SortedScreen": lambda: write_report(screen, place / "report.html"),
    }


def test_mistakes_in_python_say_what_to_give(place):
    for message, mistake in mistakes_in_python(place).items():
        with pytest.raises(TypeError, match=message):
            mistake()
    assert json.loads((place / "run.json").read_text()) == {}
