import struct

import numpy as np
import pytest

from xrpdsim.io import PatternFileError


@pytest.mark.parametrize("version", ["raw1", "raw2", "raw3", "raw4"])
def test_sample_and_date(version, encode, read):
    pattern = read(encode[version]())
    assert pattern.sample == "SAMPLE"
    assert pattern.date == {
        "raw1": "", "raw2": "19-12-1997 21:57", "raw3": "03/04/10 20:59:14",
        "raw4": "08/30/2021 20:35:58",
    }[version]  # fmt: skip


@pytest.mark.parametrize("version", ["raw1", "raw2", "raw3", "raw4"])
def test_bytes_behind_the_last_range_are_refused(version, encode, read):
    content = encode[version]()
    assert read(content + bytes(64)).two_theta.size == 61
    with pytest.raises(PatternFileError):
        read(content + b"counts that no header announces")


@pytest.mark.parametrize(
    ("version", "offset", "form"), [("raw1", 4, "<I"), ("raw2", 258, "<H"), ("raw3", 716, "<i")]
)
def test_a_wrong_count_is_noticed(version, offset, form, encode, read):
    for count in (60, 62, 2, 60_000):
        content = bytearray(encode[version]())
        struct.pack_into(form, content, offset, count)
        with pytest.raises(PatternFileError):
            read(bytes(content))


def test_version_1_with_several_ranges_with_and_without_repeated_mark(encode, read):
    ranges = ((5.0, np.full(21, 4)), (7.0, np.full(11, 6)))
    content = encode["raw1"](ranges)
    second = content.rindex(b"RAW ")
    for variant in (content, content[:second] + content[second + 4 :]):
        pattern = read(variant)
        assert pattern.ranges == (pytest.approx((5.0, 6.0)), pytest.approx((7.0, 7.5)))
        assert pattern.intensity.tolist() == [4] * 21 + [6] * 11


def test_version_3_with_stored_angles(encode, read):
    angles = 5 + np.arange(30) ** 1.1 / 10
    part = encode["raw3_range"](0.0, 0.0, np.arange(30), angles=angles)
    np.testing.assert_array_equal(read(encode["raw3"](part)).two_theta, angles)


@pytest.mark.parametrize("code", [3, 4, 5, 8, 12, 77])
def test_version_3_refuses_other_axes(code, encode, read):
    part = encode["raw3_range"](5.0, 0.1, np.arange(30), code=code)
    with pytest.raises(PatternFileError, match="not 2theta"):
        read(encode["raw3"](part))


def test_version_4_with_wide_records_and_other_axes(encode, expected, read):
    np.testing.assert_array_equal(read(encode["raw4"](size=8)).intensity, expected[1])
    with pytest.raises(PatternFileError, match="'Rocking Curve', not 2theta"):
        read(encode["raw4"](scan_type=b"Rocking Curve"))


def test_the_mean_of_the_doublet_is_read_as_alpha1(encode, read):
    assert read(encode["raw4"]()).wavelength == 1.5406


def test_hostile_headers_end(encode, read):
    with pytest.raises(PatternFileError):
        read(b"RAW " + struct.pack("<IffIIffff", 0, 1, 1, 0, 0, 5, 0, 0, 0) + b"\xff" * 500)
    with pytest.raises(PatternFileError, match="ranges"):
        read(encode["raw3"]()[:12] + b"\xff\xff\xff\x7f" + encode["raw3"]()[16:])
    with pytest.raises(PatternFileError, match="segment of 0 bytes"):
        read(encode["raw4"]()[:61] + struct.pack("<II", 10, 0) + bytes(range(1, 100)))
