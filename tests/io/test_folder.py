from dataclasses import replace

import pytest

from xrpdsim.io import iterate_folder, read_folder
from xrpdsim.io.formats import FORMATS
from xrpdsim.patterns import to_grid


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


def test_subfolders_where_they_are_asked_for(tmp_path, encode):
    for name in ("a.xy", "in/b.xy", "in/deep/c.xy", ".hidden/d.xy"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(encode["xy"]())
    assert list(read_folder(tmp_path).patterns) == ["a.xy"]
    found = read_folder(tmp_path, subfolders=True).patterns
    assert list(found) == ["a.xy", "in/b.xy", "in/deep/c.xy"]


def test_what_is_known_of_single_files(tmp_path, encode):
    (tmp_path / "chi").write_bytes(encode["chi"]())
    (tmp_path / "xy").write_bytes(encode["xy"]())
    files = iterate_folder(tmp_path, wavelengths={"chi": "CoKa1", "xy": "CoKa1"})
    found = {file.name: file for file in files}
    assert found["chi"].pattern.wavelength == pytest.approx(1.788996)
    assert found["xy"].pattern is None
    assert "1.5406" in found["xy"].reason
    bad = next(iterate_folder(tmp_path, wavelengths={"chi": "Xy"}))
    assert bad.pattern is None
    assert "'Xy'" in bad.reason


def test_doubts_are_kept_and_not_shown(tmp_path, encode, recwarn):
    content = encode["gsas"]("FXYE").replace(b"BANK 1 61", b"BANK 1 60")
    (tmp_path / "a.fxye").write_bytes(content)
    contents = read_folder(tmp_path)
    assert not recwarn
    assert list(contents.patterns) == list(contents.remarks) == ["a.fxye"]
    assert contents.remarks["a.fxye"][0].startswith("the bank announces 60 points")


def test_no_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder"):
        read_folder(tmp_path / "none")
    (tmp_path / "a.xy").write_text("5 1\n6 2\n7 3\n")
    with pytest.raises(NotADirectoryError, match="is a file; give the folder"):
        read_folder(tmp_path / "a.xy")
    with pytest.raises(ValueError, match="wavelength"):
        read_folder(tmp_path, wavelength="Cu")


def test_one_damaged_file_stops_no_folder(tmp_path, encode):
    """What once raised OverflowError, or ValueError from a zip archive, within a folder."""
    udf, cpi, brml = encode["udf"](), encode["cpi"](), encode["brml"]()
    (tmp_path / "good.xy").write_bytes(encode["xy"]())
    (tmp_path / "end.udf").write_bytes(udf.replace(b"8.0000", b"1e308"))
    (tmp_path / "step.udf").write_bytes(udf.replace(b"ScanStepSize, 0.05", b"ScanStepSize, 1e-320"))
    (tmp_path / "step.cpi").write_bytes(cpi.replace(b"\n0.05\n", b"\n1e-320\n"))
    # The offset of the archive's directory, four bytes near its end, far beyond the file.
    end = brml.rindex(b"PK\x05\x06")
    for name, offset in (("far", b"\xff\xff\xff\x7f"), ("further", b"\xf0\xff\xff\xff")):
        (tmp_path / f"{name}.brml").write_bytes(brml[: end + 16] + offset + brml[end + 20 :])
    contents = read_folder(tmp_path)
    assert list(contents.patterns) == ["good.xy"]
    assert len(contents.skipped) == 5
    assert not any("reader is at fault" in reason for reason in contents.skipped.values())


def test_a_mistake_of_a_reader_stops_its_file_only(tmp_path, encode, monkeypatch):
    def broken(content):
        raise ZeroDivisionError("by zero")

    formats = tuple(
        replace(format, read=broken) if format.name == "CHI" else format for format in FORMATS
    )
    monkeypatch.setattr("xrpdsim.io.formats.FORMATS", formats)
    (tmp_path / "a.chi").write_bytes(encode["chi"]())
    (tmp_path / "b.xy").write_bytes(encode["xy"]())
    contents = read_folder(tmp_path)
    assert list(contents.patterns) == ["b.xy"]
    assert "ZeroDivisionError: by zero" in contents.skipped["a.chi"]


def test_names_that_are_not_utf8_can_be_written(tmp_path, encode):
    (tmp_path / "caf\udce9.xy").write_bytes(encode["xy"]())
    (tmp_path / "n\udcff.xy").write_bytes(b"nothing")
    contents = read_folder(tmp_path)
    assert list(contents.patterns) == ["caf\\xe9.xy"]
    pattern = contents.patterns["caf\\xe9.xy"]
    with pytest.raises(ValueError, match="outside the grid") as caught:
        to_grid(pattern, [80.0, 80.1])
    texts = [pattern.source, str(caught.value), *contents.skipped, *contents.skipped.values()]
    assert all(text.encode("utf-8") for text in texts)


def test_scans_of_one_file_are_patterns_of_their_own_if_asked(tmp_path):
    rows = "".join(f"{5 + 0.02 * k:.2f},1{k % 7},2{k % 9}\n" for k in range(100))
    (tmp_path / "plate.csv").write_text("2theta,sample A,sample B\n" + rows)
    (tmp_path / "single.xy").write_text("# 2theta counts\n5.00 120\n5.02 118\n5.04 131\n")
    assert "overlap" in read_folder(tmp_path).skipped["plate.csv"]
    contents = read_folder(tmp_path, all_scans=True)
    assert list(contents.patterns) == ["plate.csv#0", "plate.csv#1", "single.xy"]
    assert contents.patterns["plate.csv#1"].metadata["scan"] == "sample B"
    files = list(iterate_folder(tmp_path, all_scans=True))
    assert [file.scan for file in files] == [0, 1, None]
    assert files[0].sha256 == files[1].sha256


def test_ranges_of_one_file_that_are_known_to_differ_in_wavelength_are_not_joined(tmp_path, encode):
    one = encode["raw3_range"]
    content = encode["raw3"](one(5.0, 0.05, range(20)), one(8.0, 0.05, range(20)))
    (tmp_path / "a.raw").write_bytes(content)
    (joined,) = iterate_folder(tmp_path, wavelengths={"a.raw#0": "CuKa1", "a.raw#1": "CuKa1"})
    assert len(joined.pattern.ranges) == 2
    known = {"a.raw#1": "CoKa1"}
    (refused,) = iterate_folder(tmp_path, wavelengths=known, override_wavelength=True)
    assert "2 scans at different wavelengths" in refused.reason
