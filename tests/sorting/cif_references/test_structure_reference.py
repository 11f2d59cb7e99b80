import re

import numpy as np
import pytest

from xrpdsim import PairwisePhaseClassifier
from xrpdsim.patterns import default_two_theta
from xrpdsim.simulation import near_relative, simulate_patterns, thermal_expansion
from xrpdsim.sorting.cif_references import StructureReference, fit_structures, read_structure

GRID = default_two_theta()


@pytest.fixture(scope="module")
def structure(structure_file):
    return read_structure(structure_file, GRID)


def test_a_cold_structure_is_known_in_a_warm_screen_and_a_relative_is_not(structure):
    warm = structure.lines.strained(thermal_expansion(random_state=1) * 198)
    X = simulate_patterns(warm.up_to(43), 4, preset="bragg-brentano", random_state=0)
    relative = StructureReference(
        near_relative(structure.lines, strain=0.02, correlation=0.6, random_state=0), 100.0
    )
    own, other = fit_structures([structure, relative], X, GRID)
    patterns = np.array([own.pattern, other.pattern, structure.expected(GRID)[0]])
    probability = PairwisePhaseClassifier.from_pretrained().pairwise_proba(patterns, X)
    assert np.median(probability[0]) > 0.95
    assert np.median(probability[1]) < 0.5
    assert -3 < own.log_odds < 0
    assert other.log_odds <= own.log_odds
    assert re.fullmatch(r"CIF at 100 K, expanded by [01]\.\d % \(axes .* to .* %\)", own.note)


def test_angles_are_those_of_copper_whatever_the_screen_was_measured_with(structure):
    for wavelength in (0.7093, 1.5406, 1.789, 2.2897):
        lines = structure.measured_at(wavelength).lines
        n_lines = len(lines)
        np.testing.assert_array_equal(lines.two_theta, structure.lines.two_theta[:n_lines])
        other = structure.lines.with_wavelength(wavelength)
        np.testing.assert_allclose(lines.intensity, other.intensity)
    assert len(structure.measured_at(0.7093).lines) == len(structure.lines)


def test_a_structure_without_temperature_says_so(tmp_path, structure_text):
    path = tmp_path / "form.cif"
    path.write_text(structure_text(temperature=None))
    structure = read_structure(path, GRID)
    assert structure.temperature is None
    assert structure.expected(GRID)[1].startswith("CIF without temperature, expanded by 0.5 %")


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({"atoms": False}, "no atoms with fractional coordinates"),
        ({"group": "P nonsense"}, "space group"),
        (None, "not a valid CIF"),
    ],
)
def test_what_is_no_structure_is_refused_with_the_reason(tmp_path, structure_text, what, message):
    path = tmp_path / "form.cif"
    path.write_text("not a CIF" if what is None else structure_text(**what))
    with pytest.raises(ValueError, match=message):
        read_structure(path, GRID)


def test_a_structure_without_lines_on_the_grid_is_refused(structure_file):
    with pytest.raises(ValueError, match=r"no line from 3 to 3\.2 degrees"):
        read_structure(structure_file, np.arange(3.0, 3.21, 0.02))
