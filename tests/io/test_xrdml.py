import numpy as np
import pytest

from xrpdsim.io import PatternFileError


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
    angles = np.sort(np.random.default_rng(0).uniform(5, 60, 61))
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
