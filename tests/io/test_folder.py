import pytest

from xrpdsim.io import read_folder


def test_patterns_and_reasons(tmp_path, encode):
    for name in ("xy", "raw4", "brml", "chi"):
        (tmp_path / name).write_bytes(encode[name]())
    (tmp_path / "cut").write_bytes(encode["raw4"]()[:-9])
    (tmp_path / "labels.csv").write_text("file,compound,form\nxy,a,I\n")
    (tmp_path / ".hidden").write_text("5 1\n6 2\n7 3\n")
    (tmp_path / "deeper").mkdir()
    contents = read_folder(tmp_path)
    assert list(contents.patterns) == ["brml", "chi", "raw4", "xy"]
    assert contents.patterns["chi"].wavelength is None
    assert sorted(contents.skipped) == ["cut", "labels.csv"]
    assert "cut off" in contents.skipped["cut"]


def test_a_wavelength_for_the_files_that_name_none(tmp_path, encode):
    for name in ("xy", "chi"):
        (tmp_path / name).write_bytes(encode[name]())
    patterns = read_folder(tmp_path, wavelength=0.7).patterns
    assert (patterns["chi"].wavelength, patterns["xy"].wavelength) == (0.7, 1.5406)
    patterns = read_folder(tmp_path, wavelength=0.7, override_wavelength=True).patterns
    assert patterns["xy"].wavelength == 0.7


def test_no_folder(tmp_path):
    with pytest.raises(NotADirectoryError, match="no folder"):
        read_folder(tmp_path / "none")
    with pytest.raises(ValueError, match="wavelength"):
        read_folder(tmp_path, wavelength="Cu")
