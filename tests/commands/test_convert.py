import numpy as np
import pytest

from xrpdsim.commands import main
from xrpdsim.io import read_pattern, write_pattern
from xrpdsim.patterns import Pattern

ANGLES = np.arange(5.0, 15.0, 0.02)


@pytest.fixture
def folder(tmp_path):
    """Two patterns of one stem in different formats, another pattern, and a file that is none."""
    folder = tmp_path / "patterns"
    folder.mkdir()
    for level, name in enumerate(("a.xy", "a.cif", "b.xy"), start=1):
        counts = np.full(ANGLES.size, 100.0 * level)
        write_pattern(Pattern(ANGLES, counts, wavelength=1.5406), folder / name)
    (folder / "notes.txt").write_text("measured on Friday\n")
    return folder


def level(path):
    return read_pattern(path).intensity[0]


def test_files_are_converted_and_never_replaced_unasked(folder, tmp_path, capsys):
    source = folder / "a.xy"
    command = ["convert", str(source), "--to", "cif", "--out", str(tmp_path / "new")]
    assert main(command) == 0
    target = tmp_path / "new" / "a.cif"
    np.testing.assert_allclose(read_pattern(target).intensity, read_pattern(source).intensity)
    assert main(command) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert main([*command, "--overwrite"]) == 0


def test_one_bad_file_does_not_stop_the_others(folder, tmp_path, capsys):
    files = [str(folder / name) for name in ("notes.txt", "b.xy")]
    assert main(["convert", *files, "--out", str(tmp_path), "--to", "csv"]) == 1
    assert (tmp_path / "b.csv").is_file()
    assert "notes.txt" in capsys.readouterr().err


@pytest.mark.parametrize("overwrite", [[], ["--overwrite"]])
def test_two_sources_of_one_stem_are_both_left_out(overwrite, folder, tmp_path, capsys):
    files = [str(folder / name) for name in ("a.xy", "b.xy", "a.cif")]
    out = tmp_path / "out"
    assert main(["convert", *files, "--to", "csv", "--out", str(out), *overwrite]) == 1
    assert [path.name for path in out.iterdir()] == ["b.csv"]
    assert capsys.readouterr().err.count("would both be written as") == 2


def test_a_source_is_never_replaced(folder, capsys):
    files = [str(folder / "a.cif"), str(folder / "a.xy")]
    assert main(["convert", *files, "--to", "xy", "--overwrite"]) == 1
    assert "would both be written as" in capsys.readouterr().err
    assert main(["convert", str(folder / "a.xy"), "--to", "xy", "--overwrite"]) == 1
    assert "would be replaced" in capsys.readouterr().err
    assert (level(folder / "a.xy"), level(folder / "a.cif")) == (100, 200)


def test_a_source_given_twice_is_converted_once(folder, capsys):
    twice = [str(folder / "b.xy")] * 2
    assert main(["convert", *twice, "--to", "csv"]) == 0
    assert capsys.readouterr().out.count("b.csv") == 1


def test_a_link_to_a_source_is_that_source(folder, tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    (out / "b.xy").symlink_to(folder / "b.xy")
    options = ["--to", "xy", "--out", str(out), "--overwrite"]
    assert main(["convert", str(folder / "b.xy"), *options]) == 1
    assert "would be replaced" in capsys.readouterr().err


def test_a_failed_conversion_leaves_what_was_there(folder, capsys):
    target = folder / "notes.xye"
    target.write_text("kept")
    options = ["--to", "xye", "--overwrite"]
    assert main(["convert", str(folder / "notes.txt"), str(folder / "b.xy"), *options]) == 1
    assert target.read_text() == "kept"
    assert not (folder / "b.xye").exists()
    assert "no esd" in capsys.readouterr().err


def test_a_name_that_is_not_utf8_is_printed(folder, capsys):
    name = "caf\udce9.txt"
    (folder / name).write_bytes((folder / "b.xy").read_bytes())
    assert main(["convert", str(folder / name)]) == 0
    assert "caf\\xe9.xy" in capsys.readouterr().out


def test_scans_of_one_file_are_files_of_their_own(tmp_path, capsys):
    path = tmp_path / "plate.csv"
    rows = (f"{angle:.2f},1{row % 7},2{row % 9}\n" for row, angle in enumerate(ANGLES))
    path.write_text("2theta,sample A,sample B\n" + "".join(rows))
    assert main(["convert", str(path)]) == 1
    assert "--scan all" in capsys.readouterr().err
    assert main(["convert", str(path), "--scan", "all"]) == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plate.csv", "plate_0.xy", "plate_1.xy"]
    assert level(tmp_path / "plate_1.xy") == 20
    assert main(["convert", f"{path}#1", "--to", "cif"]) == 0
    assert level(tmp_path / "plate.cif") == 20
    assert main(["convert", str(path), "--scan", "7"]) == 1
    assert "holds 2" in capsys.readouterr().err


@pytest.mark.parametrize("scan", ["#1", "#0"])
def test_the_file_of_a_scan_is_never_replaced(scan, tmp_path, capsys):
    path = tmp_path / "plate.csv"
    rows = (f"{angle:.2f},1{row % 7},2{row % 9}\n" for row, angle in enumerate(ANGLES))
    path.write_text("2theta,sample A,sample B\n" + "".join(rows))
    before = path.read_bytes()
    assert main(["convert", f"{path}{scan}", "--to", "csv", "--overwrite"]) == 1
    assert "would be replaced" in capsys.readouterr().err
    assert path.read_bytes() == before
