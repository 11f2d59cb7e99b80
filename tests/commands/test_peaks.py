import csv
import re

import numpy as np
import pytest

from xrpdsim.commands import main


@pytest.fixture
def file(tmp_path):
    two_theta = np.arange(5, 25, 0.02)
    counts = 50 + 900 * np.exp(-(((two_theta - 8.01) / 0.06) ** 2))
    counts += 300 * np.exp(-(((two_theta - 12.5) / 0.06) ** 2))
    path = tmp_path / "a.xy"
    rows = (f"{x:.2f} {y:.3f}\n" for x, y in zip(two_theta, counts, strict=True))
    path.write_text("# 2theta counts\n" + "".join(rows))
    return path


def test_peaks_are_printed_as_a_table_and_in_one_line(file, capsys):
    assert main(["peaks", str(file), "--wavelength", "CuKa1"]) == 0
    printed = capsys.readouterr().out
    assert "2 peaks" in printed
    assert re.search(r"^8\.0(09|10) +11\.03\d? +100\.0$", printed, re.M)
    assert "XRPD (Cu Kα1, 1.54060 Å), 2θ/° (d/Å, I/Imax in %): 8.01 (11.03, 100), 12.50" in printed


def test_thresholds_and_files(file, tmp_path, capsys):
    table, lines = tmp_path / "peaks.csv", tmp_path / "peaks.txt"
    arguments = ["peaks", str(file), "--wavelength", "1.5406"]
    assert main([*arguments, "--min-intensity", "50", "--out", str(lines)]) == 0
    assert "12.50" not in lines.read_text(encoding="utf-8")
    assert main([*arguments, "--strongest", "1", "--one-line", "--out", str(table)]) == 0
    with table.open(encoding="utf-8") as opened:
        (row,) = csv.DictReader(opened)
    assert float(row["two_theta"]) == pytest.approx(8.01, abs=0.001)
    assert row["file"] == str(file)
    capsys.readouterr()


def test_a_file_that_cannot_be_read_does_not_stop_the_others(file, tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("measured on Friday\n")
    notes = str(tmp_path / "notes.txt")
    assert main(["peaks", notes, str(file), "--wavelength", "CuKa1"]) == 1
    printed = capsys.readouterr()
    assert "notes.txt" in printed.err
    assert "8.01" in printed.out
    assert main(["peaks", "none.xy"]) == 1
    assert capsys.readouterr().err == "xrpdsim: there is no file 'none.xy'\n"
    assert main(["peaks", str(file)]) == 1
    assert "does not name its wavelength" in capsys.readouterr().err


def test_scans_of_a_file_one_by_one(tmp_path, capsys):
    two_theta = np.arange(5, 15, 0.02)
    path = tmp_path / "two.csv"
    one, other = (np.exp(-(((two_theta - angle) / 0.06) ** 2)) for angle in (8, 11))
    rows = (f"{x:.2f},{a:.5f},{b:.5f}\n" for x, a, b in zip(two_theta, one, other, strict=True))
    path.write_text("2theta,sample A,sample B\n" + "".join(rows))
    arguments = ["peaks", str(path), "--wavelength", "CuKa1", "--one-line"]
    assert main(arguments) == 1
    assert "--scan" in capsys.readouterr().err
    assert main([*arguments, "--scan", "all"]) == 0
    printed = capsys.readouterr().out
    assert "two.csv#0: 1 peak\n" in printed
    assert "8.00" in printed
    assert main([*arguments, "--scan", "1"]) == 0
    printed = capsys.readouterr().out
    assert "11.00" in printed
    assert "8.00" not in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "peaks.xls"], "neither .csv nor .txt"),
        (["--min-intensity", "120"], "between 0 and 100"),
        (["--min-over-noise", "-1"], "at least 0"),
        (["--scan", "first"], "must be the number of a scan, from 0, or all"),
    ],
)
def test_bad_options_are_named(file, arguments, message, capsys):
    try:
        status = main(["peaks", str(file), *arguments])
    except SystemExit as error:
        status = error.code
    assert status == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("scan", ["", "#0"])
def test_a_file_that_is_read_is_never_replaced(scan, file, tmp_path, capsys):
    path = file.rename(tmp_path / "a.csv")
    before = path.read_bytes()
    arguments = ["peaks", f"{path}{scan}", "--wavelength", "CuKa1", "--out", str(path)]
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert "is one of the files to read and would be replaced" in printed.err
    assert not printed.out
    assert path.read_bytes() == before
