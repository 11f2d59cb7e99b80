import numpy as np
import pytest

from xrpdsim.io import PatternFileError, PatternFileWarning


@pytest.mark.parametrize("form", ["STD", "ESD", "FXYE"])
def test_forms(form, encode, expected, read):
    pattern = read(encode["gsas"](form))
    np.testing.assert_allclose(pattern.two_theta, expected[0])
    np.testing.assert_allclose(pattern.intensity, expected[1])
    np.testing.assert_allclose(pattern.esd, expected[1] ** 0.5, atol=0.06)


def test_alt_with_implied_decimals(read):
    # 4(F8.0,F7.4,F5.4): an angle in hundredths of a degree, an intensity, its deviation
    points = "".join(f"{a:8d}{y:7d}{e:5d}" for a, y, e in ((500, 1234567, 12345), (505, 90000, 1),
                                                           (510, 20000, 5)))  # fmt: skip
    pattern = read(f"title\nBANK 1 3 1 CONS 500 5 0 0 ALT\n{points}\n")
    np.testing.assert_allclose(pattern.two_theta, [5, 5.05, 5.1])
    np.testing.assert_allclose(pattern.intensity, [123.4567, 9, 2])
    np.testing.assert_allclose(pattern.esd, [1.2345, 0.0001, 0.0005])


def test_several_counters_narrow_the_deviation(read):
    pattern = read("title\nBANK 1 3 1 CONST 500 5 0 0\n 4   100 1   100     100 0     0\n")
    np.testing.assert_allclose(pattern.esd, [5, 10, 10])


def test_time_of_flight_is_refused(encode, read):
    with pytest.raises(PatternFileError, match="time of flight"):
        read(encode["gsas"]().replace(b"CONST", b"SLOG "))


def test_counts_are_counted(encode, read):
    content = encode["gsas"]()
    with pytest.raises(PatternFileError, match="announces 70"):
        read(content.replace(b"BANK 1 61", b"BANK 1 70"))
    with pytest.raises(PatternFileError, match="holds more"):
        read(content.replace(b"BANK 1 61", b"BANK 1 50"))


def test_one_point_too_many_of_a_synchrotron_is_told(encode, read):
    content = encode["gsas"]("FXYE").replace(b"BANK 1 61", b"BANK 1 60")
    with pytest.warns(PatternFileWarning, match="announces 60 points, 61 were read"):
        assert read(content).two_theta.size == 61
