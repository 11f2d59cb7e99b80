"""Damaged files: a clean error, or a pattern that passes every gate; never anything else."""

import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xrpdsim.io import PatternFileError, PatternFileWarning, read_pattern, read_patterns

FUZZ = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read_all(path, content):
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PatternFileWarning)
        try:
            return read_patterns(path)
        except PatternFileError:
            return []


@FUZZ
@given(st.data())
def test_cut_files(format_name, encode, expected, tmp_path, data):
    content = encode[format_name]()
    cut = data.draw(st.integers(0, len(content) - 1))
    patterns = read_all(tmp_path / "a", content[:cut])
    for pattern in patterns:
        # Only what nothing was lost of may pass, or rows of text, which announce no number.
        n = pattern.two_theta.size
        np.testing.assert_allclose(pattern.two_theta, expected[0][:n], atol=1e-5)
        if format_name != "xy":
            np.testing.assert_array_equal(pattern.intensity, expected[1])


@FUZZ
@given(st.data())
def test_flipped_bytes(format_name, encode, tmp_path, data):
    content = bytearray(encode[format_name]())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    for pattern in read_all(tmp_path / "a", bytes(content)):
        assert np.isfinite(pattern.intensity).all()
        assert (np.diff(pattern.two_theta) > 0).all()
        assert np.abs(pattern.two_theta).max() <= 180
        assert pattern.two_theta.size >= 3


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(tmp_path_factory, content):
    read_all(tmp_path_factory.getbasetemp() / "any", content)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="0123456789.,;+-eE#' \t\nthea2", max_size=120))
def test_any_columns(tmp_path_factory, content):
    read_all(tmp_path_factory.getbasetemp() / "any", content.encode())


MARKS = [
    b"RAW ", b"RAW2", b"RAW1.01\0", b"RAW4.00\0", b"RAW_1.06Powdat\0\0", b"PK\x03\x04",
    b"<xrdMeasurements>", b"*RAS_DATA_START\n", b"SampleIdent,a,/\n", b"_FILEVERSION=2\n",
    b"data_x\n", b"{", b"SIETRONICS XRD SCAN\n", b"t\nBANK 1 1 1 CONS\n", b"*TYPE = Raw\n",
]  # fmt: skip


@pytest.mark.parametrize("head", MARKS)
@settings(max_examples=25, deadline=None)
@given(tail=st.binary(max_size=1500))
def test_any_bytes_behind_a_mark(tmp_path_factory, head, tail):
    read_all(tmp_path_factory.getbasetemp() / "any", head + tail)


def test_the_reader_of_one_pattern_raises_the_same_error(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"RAW4.00")
    with pytest.raises(PatternFileError):
        read_pattern(path)


@pytest.mark.parametrize(
    "content",
    [
        b"1e999\n5 1\n6 2\n7 3\n",
        b"SampleIdent,a,/\nDataAngleRange,1e999,2,/\nScanStepSize,1,/\nRawScan\n1,2,3/",
        b"SIETRONICS XRD SCAN\n1e999\n5\n1\nCu\n1.5\nSCANDATA\n1\n2\n3\n",
        b"t\nBANK 1 1e999 1 CONS 5 5 0 0 STD\n 1     1\n",
        b"t\nBANK 1 3 1 CONS 1e999 5 0 0 STD\n 1     1 1     1 1     1\n",
        b"data_x\nloop_\n_pd_meas_2theta_scan\n_pd_meas_counts_total\n5 1e999(3)\n6 1\n7 2\n",
        b'{"two_theta_values": [1, 2, 3], "intensities": [1, 2, ' + b"9" * 400 + b"]}",
        b"_FILEVERSION=2\n_STEPSIZE=1e999\n_START=5\n_COUNTS\n1 2 3\n",
        b"RAW4.00".ljust(61, b"\0") + b"\x0a\0\0\0\x08\0\0\0" * 1_000_000,
        b"12 " * 5_000_000,
        b"1\n" * 2_000_000,
        b"{" * 10_000_000,
        b"<xrdMeasurements><a b='" + b"c" * 10_000_000,
    ],
    ids=lambda content: content[:12].decode("latin-1"),
)  # fmt: skip
def test_numbers_beyond_all_bounds(content, tmp_path):
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(PatternFileError):
        read_pattern(path)
