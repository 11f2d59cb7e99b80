import warnings

import numpy as np
import pytest

from xrpdsim.io import PatternFileError, PatternFileWarning


def test_what_the_file_tells(encode, read):
    pattern = read(encode["xrdml"]())
    assert (pattern.sample, pattern.scan_axis) == ("paracetamol", "Gonio")
    assert pattern.date == "2024-11-14T14:54:56-08:00"


def test_counts_are_corrected_for_the_attenuator_and_intensities_are_already(
    encode, expected, read
):
    factors = "<beamAttenuationFactors>" + "10 " * 61 + "</beamAttenuationFactors>"
    counts = read(encode["xrdml"](extra=factors)).intensity
    np.testing.assert_allclose(counts, 10 * expected[1])
    intensities = read(encode["xrdml"](extra=factors, data="intensities")).intensity
    np.testing.assert_allclose(intensities, expected[1])


def test_varying_counting_times_become_rates(encode, expected, read):
    times = np.linspace(1, 3, 61)
    extra = f"<countingTimes>{' '.join(map(repr, times.tolist()))}</countingTimes>"
    np.testing.assert_allclose(
        read(encode["xrdml"](extra=extra)).intensity, expected[1] / times, rtol=1e-9
    )


def test_listed_positions(encode, read):
    angles = 5 + np.cumsum(np.random.default_rng(0).uniform(0.045, 0.05, 61))
    positions = f"<listPositions>{' '.join(map(repr, angles.tolist()))}</listPositions>"
    np.testing.assert_allclose(read(encode["xrdml"](positions=positions)).two_theta, angles)


def test_the_beta_line_where_it_was_used(encode, read):
    content = encode["xrdml"]().replace(b'intended="K-Alpha"', b'intended="K-Beta"')
    assert read(content).wavelength == 1.39225


@pytest.mark.parametrize("axis", ["Omega", "Phi", "Chi", "Z"])
def test_other_axes_are_refused(axis, encode, read):
    with pytest.raises(PatternFileError, match=f"'{axis}', not 2theta"):
        read(encode["xrdml"](axis=axis))


def test_a_standing_detector_is_refused(encode, read):
    positions = "<commonPosition>40</commonPosition>"
    with pytest.raises(PatternFileError, match="stood still at 40 degrees while Omega moved"):
        read(encode["xrdml"](axis="Omega", positions=positions))


def test_attenuators_and_positions_must_be_as_many_as_counts(encode, read):
    extra = "<beamAttenuationFactors>1 1 1</beamAttenuationFactors>"
    with pytest.raises(PatternFileError, match="61 intensities but 3 beamAttenuationFactors"):
        read(encode["xrdml"](extra=extra))
    with pytest.raises(PatternFileError, match="61"):
        read(encode["xrdml"](positions="<listPositions>1 2 3</listPositions>"))


def test_without_data(encode, read):
    content = encode["xrdml"]()
    with pytest.raises(PatternFileError, match="neither counts nor intensities"):
        read(content.replace(b"counts", b"nothing"))
    with pytest.raises(PatternFileError, match="holds no scan"):
        read(b"<xrdMeasurements/>")


def test_a_lost_block_of_counts_is_told_by_the_step(encode, expected, read):
    counts = " ".join(map(str, expected[1].astype(int)[:50]))
    content = encode["xrdml"]().decode()
    start, end = content.index('<counts unit="counts">') + 22, content.index("</counts>")
    with pytest.warns(PatternFileWarning, match=r"steps of 0\.06122449, which is unusual"):
        read(content[:start] + counts + content[end:])


@pytest.mark.parametrize(
    ("first", "last", "n_points"),
    [
        # As instruments wrote them, and as many points as they measured.
        ("5.00835563", "124.99526689", 7181), ("4.00656514", "69.99936587", 5027),
        ("30.0500", "41.7500", 196), ("26.0250", "79.9950", 1800),
        ("10.02173288", "99.99585608", 2071), ("10.00943322", "99.99442286", 8282),
    ],
)  # fmt: skip
@pytest.mark.parametrize("n_lost", [0, 1, 40])
def test_steps_of_real_instruments_are_usual(first, last, n_points, n_lost, encode, read):
    positions = f"<startPosition>{first}</startPosition><endPosition>{last}</endPosition>"
    content = encode["xrdml"](positions=positions).decode()
    start, end = content.index('<counts unit="counts">') + 22, content.index("</counts>")
    content = content[:start] + "7 " * (n_points - n_lost) + content[end:]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        read(content)
    # With four digits, one lost count in 1800 cannot be seen; forty can.
    assert bool(caught) == (n_lost > (n_points == 1800))


def test_omega_must_go_half_as_far_as_two_theta(encode, read):
    omega = (
        '</positions><positions axis="Omega" unit="deg"><startPosition>2.5</startPosition>'
        "<endPosition>{}</endPosition>"
    )
    angles = "<startPosition>5.0</startPosition><endPosition>8.0</endPosition>"
    assert read(encode["xrdml"](positions=angles + omega.format(4.0))).two_theta[-1] == 8
    with pytest.raises(PatternFileError, match=r"Omega, which is coupled to it, from 2\.5 to 4\.1"):
        read(encode["xrdml"](positions=angles + omega.format(4.1)))


@pytest.mark.parametrize("position", ["1e308", "-1e308", "1e-320", "8.0e-400", "1e12"])
def test_positions_beyond_reason_are_damage(position, encode, read):
    positions = f"<startPosition>5.0</startPosition><endPosition>{position}</endPosition>"
    with pytest.raises(PatternFileError, match=r"180 degrees|must increase"):
        read(encode["xrdml"](positions=positions))


def two_ranges(encode, time):
    """The scan twice: from 5 to 8 degrees, 2.5 s a point, and from 9 to 12 for another time."""
    content = encode["xrdml"]().decode()
    start, end = content.index("<scan "), content.index("</scan>") + len("</scan>")
    other = content[start:end].replace(">5.0<", ">9.0<").replace(">8.0<", ">12.0<")
    other = other.replace('<commonCountingTime unit="seconds">2.5</commonCountingTime>', time)
    return (content[:end] + other + content[end:]).encode()


@pytest.mark.parametrize(
    "times", [np.full(61, 0.25), np.linspace(1, 3, 61)], ids=["constant", "varying"]
)
def test_ranges_counted_for_listed_times_become_rates(times, encode, expected, read):
    listed = f"<countingTimes>{' '.join(map(repr, times.tolist()))}</countingTimes>"
    pattern = read(two_ranges(encode, listed))
    np.testing.assert_allclose(pattern.intensity[:61], expected[1] / 2.5)
    np.testing.assert_allclose(pattern.intensity[61:], expected[1] / times)
    assert pattern.metadata["intensity_unit"] == "counts per second"


def test_a_range_without_a_time_beside_one_with_a_time_is_doubtful(encode, expected, read):
    with pytest.warns(PatternFileWarning, match="1 of 2 ranges do not say how long") as caught:
        pattern = read(two_ranges(encode, ""))
    assert len(caught) == 1
    np.testing.assert_allclose(pattern.intensity, np.tile(expected[1], 2))
