"""What holds for every format: detection by content, gates, wavelengths, ranges."""

import bz2
import gzip
import pickle
import subprocess
import sys

import numpy as np
import pytest

from xrpdsim.io import PatternFileError, identify_format, read_pattern, read_patterns
from xrpdsim.io.formats import FORMATS


def test_every_format_is_told_by_content_and_read_right(format_name, encode, expected, read):
    pattern = read(encode[format_name]())
    np.testing.assert_allclose(pattern.two_theta, expected[0], atol=1e-5)
    np.testing.assert_allclose(pattern.intensity, expected[1], rtol=1e-6)
    assert pattern.wavelength == (
        None if format_name in ("chi", "plain counts") else pytest.approx(1.5406)
    )
    assert len(pattern.ranges) == 1


def test_every_format_has_a_sample_file(encode):
    names = {identify_format(encode[name]()).name for name in encode if name not in _HELPERS}
    # h5py writes those of HDF5, in the tests of that format
    others = {"not a known pattern format", "NeXus or HDF5"}
    assert names == {format.name for format in FORMATS} - others


_HELPERS = ("raw3_range", "archive")


def test_content_decides_whatever_the_ending_says(tmp_path, encode, expected):
    path = tmp_path / "pattern.xy"
    path.write_bytes(encode["stoe"]())
    np.testing.assert_array_equal(read_pattern(path).intensity, expected[1])


def test_a_cut_file_is_refused_by_every_format_that_can_tell(format_name, encode, read):
    content = encode[format_name]()
    for part in (0.3, 0.6, 0.9):
        cut = content[: int(part * len(content))]
        # A row of text that lost a digit is still a row; no rule can find it.
        if format_name == "xy":
            cut = cut[: cut.rindex(b" ")]
        with pytest.raises(PatternFileError):
            read(cut)


def test_the_error_says_file_format_and_reason(tmp_path, encode):
    path = tmp_path / "batch7.raw"
    path.write_bytes(encode["raw4"]()[:-2])
    with pytest.raises(PatternFileError, match="cut off") as caught:
        read_pattern(path)
    assert str(caught.value).startswith(f"{path}: Bruker RAW4: ")
    assert (caught.value.path, caught.value.format) == (str(path), "Bruker RAW4")


def test_the_error_survives_pickling(read):
    with pytest.raises(PatternFileError) as caught:
        read(b"no numbers at all")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert str(copy) == str(caught.value)
    assert copy.reason == caught.value.reason


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"\x00\x01\x02\x03" * 50, "none of the formats"),
        (b"PK\x03\x04" + bytes(100), "zip archive"),
        (b"\x1f\x8b\x08" + bytes(20), "compressed file is damaged"),
        (b"BZh9" + bytes(20), "compressed file is damaged"),
        (b"\xfd7zXZ\0" + bytes(20), "compressed with xz"),
        (b"%PDF-1.7 blah", "PDF"),
        (b"D1A5 Title: x", "neutron"),
        (b"<?xml version='1.0'?><a/>", "XML, but not XRDML"),
        (b"<html><body>1 2</body></html>", "web page"),
    ],
)
def test_other_files_are_named_for_what_they_are(content, message, read):
    with pytest.raises(PatternFileError, match=message):
        read(content)


def test_missing_files_and_folders_stay_os_errors(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_pattern(tmp_path / "none.xy")
    with pytest.raises(OSError, match=r"irectory|denied"):
        read_pattern(tmp_path)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "huge.xy"
    with path.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(PatternFileError, match="MiB"):
        read_pattern(path)


class TestWavelength:
    rows = b"# 2theta counts\n5.00 1\n5.02 2\n5.04 3\n"

    def test_it_is_never_guessed(self, read):
        assert read(b"# anode: Cu\n" + self.rows).wavelength is None

    def test_given_for_a_file_that_does_not_say(self, read):
        assert read(self.rows, wavelength="CuKa1").wavelength == 1.5406

    def test_the_file_stands_where_both_name_the_same_line(self, read):
        content = b"# wavelength 1.5406 A\n" + self.rows
        assert read(content, wavelength="CuKa").wavelength == 1.5406

    def test_a_contradiction_is_an_error_unless_overridden(self, read):
        content = b"# wavelength 0.7093 A\n" + self.rows
        with pytest.raises(PatternFileError, match="override_wavelength"):
            read(content, wavelength="CuKa1")
        assert read(content, wavelength=1.5, override_wavelength=True).wavelength == 1.5

    def test_nonsense_in_the_file_is_damage(self, read, encode):
        content = encode["old_rigaku"]().replace(b"1.5406", b"15406.")
        with pytest.raises(PatternFileError, match="damaged"):
            read(content)

    def test_nonsense_given_is_the_callers_error(self, read):
        with pytest.raises(ValueError, match="CuKa1"):
            read(self.rows, wavelength="Cu")


class TestScans:
    def overlapping(self, encode):
        one = encode["raw3_range"]
        return encode["raw3"](one(5.0, 0.05, np.arange(20)), one(5.5, 0.05, np.arange(30)))

    def test_overlapping_scans_are_listed(self, encode, read):
        with pytest.raises(PatternFileError, match=r"0: 5 to 5\.95 .*20 points; 1: 5\.5 .*scan="):
            read(self.overlapping(encode))

    def test_one_can_be_picked(self, encode, read):
        assert read(self.overlapping(encode), scan=1).two_theta.size == 30
        assert read(self.overlapping(encode), scan=-2).two_theta.size == 20
        with pytest.raises(PatternFileError, match="scan=2"):
            read(self.overlapping(encode), scan=2)

    def test_read_patterns_returns_all(self, encode, tmp_path):
        path = tmp_path / "a.raw"
        path.write_bytes(self.overlapping(encode))
        assert [pattern.two_theta.size for pattern in read_patterns(path)] == [20, 30]

    def test_ranges_are_joined_and_remembered(self, encode, read):
        one = encode["raw3_range"]
        pattern = read(
            encode["raw3"](one(8.0, 0.1, np.full(11, 7)), one(5.0, 0.05, np.full(21, 9)))
        )
        assert pattern.ranges == (pytest.approx((5.0, 6.0)), pytest.approx((8.0, 9.0)))
        np.testing.assert_array_equal(pattern.intensity, [9] * 21 + [7] * 11)

    def test_a_shared_end_point_is_kept_once(self, encode, read):
        one = encode["raw3_range"]
        pattern = read(encode["raw3"](one(5.0, 0.5, [1, 2, 3]), one(6.0, 0.5, [4, 5, 6])))
        np.testing.assert_allclose(pattern.two_theta, [5, 5.5, 6, 6.5, 7])
        np.testing.assert_array_equal(pattern.intensity, [1, 2, 3, 5, 6])

    def test_different_counting_times_become_rates(self, encode, read):
        one = encode["raw3_range"]
        pattern = read(
            encode["raw3"](one(5.0, 0.1, [4, 4, 4], time=2.0), one(6.0, 0.1, [9, 9, 9], time=3.0))
        )
        np.testing.assert_allclose(pattern.intensity, [2, 2, 2, 3, 3, 3])
        assert pattern.metadata["intensity_unit"] == "counts per second"

    def test_a_scan_of_another_axis_beside_the_picked_one_does_no_harm(self, encode, read):
        one = encode["raw3_range"]
        content = encode["raw3"](one(1.0, 0.1, [1, 2, 3], code=3), one(5.0, 0.1, [4, 5, 6]))
        with pytest.raises(PatternFileError, match="'rocking curve'"):
            read(content)
        assert read(content, scan=1).intensity.tolist() == [4, 5, 6]


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress], ids=["gzip", "bzip2"])
def test_compressed_files_are_unpacked(compress, format_name, encode, expected, read):
    packed = compress(encode[format_name]())
    np.testing.assert_allclose(read(packed).intensity, expected[1], rtol=1e-6)
    for cut in (len(packed) // 2, len(packed) - 3):
        with pytest.raises(PatternFileError, match="damaged or cut off"):
            read(packed[:cut])


def test_a_compressed_file_that_fills_the_memory_is_refused(read):
    with pytest.raises(PatternFileError, match="unpacks to more than 64 MiB"):
        read(gzip.compress(bytes(2**26 + 1)))


def test_a_default_holds_only_where_nothing_else_is_known(read):
    rows = b"# 2theta counts\n5.00 1\n5.02 2\n5.04 3\n"
    stated = b"# wavelength 0.7093 A\n" + rows
    assert read(rows, default_wavelength="CuKa1").wavelength == 1.5406
    assert read(stated, default_wavelength="CuKa1").wavelength == 0.7093
    assert read(rows, wavelength=0.5, default_wavelength="CuKa1").wavelength == 0.5


def test_reading_needs_neither_scikit_learn_nor_scipy(tmp_path):
    path = tmp_path / "a.xy"
    path.write_text("# 2theta counts\n5.00 1\n5.02 2\n5.04 3\n")
    script = (
        "import sys, xrpdsim.io\n"
        f"xrpdsim.io.read_pattern({str(path)!r})\n"
        "print(*(name for name in ('sklearn', 'scipy', 'torch', 'pandas') if name in sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == ""
