"""Output that a terminal cannot show, or that nobody reads."""

import io
import os
import subprocess
import sys

import numpy as np
import pytest

from xrpdsim.commands import main
from xrpdsim.datasets import make_screening_campaign


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Six patterns, with names that not every encoding has."""
    folder = tmp_path_factory.mktemp("β screen")
    campaign = make_screening_campaign(1, 2, 6, preset="bragg-brentano", random_state=0)
    for row, counts in enumerate(campaign.X):
        measured = ~np.isnan(counts)
        table = np.column_stack([campaign.two_theta, counts])[measured]
        np.savetxt(folder / f"{row}β晶.xy", table, fmt="%.4f")
    return folder


def sort(folder, out):
    options = ["--method", "screening", "--wavelength", "CuKa1", "--out", str(out / "report.html")]
    return main(["sort", str(folder), *options])


def test_letters_that_a_terminal_lacks_are_written_otherwise(folder, tmp_path, monkeypatch):
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="cp1252"))
    assert sort(folder, tmp_path) == 0
    assert main(["peaks", str(folder / "0β晶.xy"), "--wavelength", "CuKa1"]) == 0
    printed = shown.getvalue().decode("cp1252")
    assert "beta\\u6676.xy" in printed
    assert "XRPD (Cu Kalpha1, 1.54060 Å), 2theta/°" in printed


@pytest.mark.parametrize("at_once", [False, True])
def test_a_sorted_screen_is_filed_though_nobody_reads_the_table(
    folder, tmp_path, monkeypatch, at_once
):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as unread:
        unread.reconfigure(write_through=at_once)
        monkeypatch.setattr(sys, "stdout", unread)
        assert sort(folder, tmp_path) == 0
        monkeypatch.undo()
    assert {"report.html", "forms.csv", "run.json"} <= {path.name for path in tmp_path.iterdir()}


def test_a_sorted_screen_is_filed_before_anything_is_printed(folder, tmp_path, monkeypatch):
    def fail(text):
        raise RuntimeError(text)

    monkeypatch.setattr(sys.stdout, "write", fail)
    with pytest.raises(RuntimeError):
        sort(folder, tmp_path)
    assert (tmp_path / "run.json").is_file()


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_pipe_that_closes_early_is_no_error(folder, unbuffered):
    words = [sys.executable, "-m", "xrpdsim.commands", "peaks", "--wavelength", "CuKa1"]
    with subprocess.Popen(
        [*words, *map(str, folder.iterdir())],
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
