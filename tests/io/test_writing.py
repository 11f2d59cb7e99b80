import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xrpdsim.io import read_pattern, write_pattern
from xrpdsim.patterns import Pattern

PATTERN = Pattern(
    5 + 0.02 * np.arange(50), np.linspace(0.1, 1e6, 50), wavelength=1.5406,
    esd=np.linspace(0.1, 1e3, 50), sample="form II, 'wet' \n batch 7", date="2024-05-01 10:00",
)  # fmt: skip


@pytest.mark.parametrize("ending", ["xy", "xye", "csv", "cif", "CSV"])
def test_what_was_written_is_read_back(ending, tmp_path):
    path = tmp_path / f"a.{ending}"
    write_pattern(PATTERN, path)
    back = read_pattern(path)
    np.testing.assert_allclose(back.two_theta, PATTERN.two_theta, atol=1e-7)
    np.testing.assert_array_equal(back.intensity, PATTERN.intensity)
    if ending != "xy":
        np.testing.assert_array_equal(back.esd, PATTERN.esd)
    assert back.wavelength == 1.5406
    assert back.sample == "form II, 'wet' batch 7"
    assert back.date == PATTERN.date


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-1e12, 1e12), min_size=3, max_size=30),
    st.sampled_from(["xy", "csv", "cif"]),
)
def test_intensities_keep_every_digit(tmp_path_factory, values, ending):
    path = tmp_path_factory.mktemp("w") / f"a.{ending}"
    write_pattern(Pattern(np.arange(len(values)) + 5.0, values), path)
    back = read_pattern(path)
    np.testing.assert_array_equal(back.intensity, values)
    assert back.wavelength is None


def test_gaps_survive(tmp_path):
    angles = np.concatenate([np.arange(5, 6, 0.05), np.arange(9, 10, 0.05)])
    write_pattern(Pattern(angles, np.ones(40)), tmp_path / "a.xy")
    assert len(read_pattern(tmp_path / "a.xy").ranges) == 2


def test_refusals_leave_nothing_behind(tmp_path):
    with pytest.raises(ValueError, match=r"'\.txt' is not one of \.xy"):
        write_pattern(PATTERN, tmp_path / "a.txt")
    with pytest.raises(ValueError, match="no esd"):
        write_pattern(Pattern([5, 6, 7], [1, 2, 3]), tmp_path / "a.xye")
    assert list(tmp_path.iterdir()) == []


def test_gemmi_reads_our_cif(tmp_path):
    from gemmi import cif

    write_pattern(PATTERN, tmp_path / "a.cif")
    block = cif.read(str(tmp_path / "a.cif")).sole_block()
    assert block.name == "form_II_wet_batch_7"
    assert len(block.find_values("_pd_meas_intensity_total")) == 50


@pytest.mark.parametrize("wavelength", [np.float64(1.5406), np.float32(1.5), 1, np.int64(2)])
@pytest.mark.parametrize("ending", ["xy", "csv", "cif"])
def test_any_number_is_written_as_a_wavelength(wavelength, ending, tmp_path):
    write_pattern(Pattern([5, 6, 7], [1, 2, 3], wavelength=wavelength), tmp_path / f"a.{ending}")
    assert read_pattern(tmp_path / f"a.{ending}").wavelength == wavelength


def test_a_deviation_of_zero_is_read_back(tmp_path):
    write_pattern(Pattern([5, 6, 7], [0, 4, 9], esd=[0, 2, 3]), tmp_path / "a.cif")
    assert read_pattern(tmp_path / "a.cif").esd.tolist() == [0, 2, 3]


@pytest.mark.parametrize(
    ("sample", "source", "name"),
    [
        ("Pr\u00e4parat \u03b1", "scan.xy", "Pr_parat"),
        ("\u043f\u0440\u043e\u0431\u0430", "scan.xy", "scan"),
        ("\u8bd5\u6837", "\u8bd5\u6837.xy", "pattern"),
        ("", "", "pattern"),
    ],
)
def test_the_name_of_a_block_is_ascii(sample, source, name, tmp_path):
    from gemmi import cif

    pattern = Pattern([5, 6, 7], [1, 2, 3], sample=sample, source=source)
    write_pattern(pattern, tmp_path / "a.cif")
    assert cif.read(str(tmp_path / "a.cif")).sole_block().name == name
    assert read_pattern(tmp_path / "a.cif").sample == sample


def test_a_name_that_holds_a_wavelength_hides_none(tmp_path):
    sample = "b1_wavelength_0.4139"
    pattern = Pattern(PATTERN.two_theta, PATTERN.intensity, wavelength=1.5406, sample=sample)
    write_pattern(pattern, tmp_path / "a.xy")
    assert read_pattern(tmp_path / "a.xy").wavelength == 1.5406
