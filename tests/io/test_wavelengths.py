import pytest

from xrpdsim.io import parse_wavelength
from xrpdsim.io.wavelengths import KALPHA1_KALPHA2_KBETA
from xrpdsim.patterns import CU_KALPHA1


@pytest.mark.parametrize(
    "name", ["CuKa1", "cu ka1", "Cu K-alpha1", "CuKalpha1", "Cu K\u03b11", "CUKA_1"]
)
def test_one_line_has_many_names(name):
    assert parse_wavelength(name) == CU_KALPHA1


@pytest.mark.parametrize(
    ("given", "value"),
    [(1.5406, 1.5406), ("1.5406", 1.5406), ("1,5406", 1.5406), (" 1.5406 A", 1.5406),
     ("0.15406 nm", 1.5406), ("154.06 pm", 1.5406), (2, 2.0), ("CuKb", 1.392234)],
)  # fmt: skip
def test_numbers_and_units(given, value):
    assert parse_wavelength(given) == pytest.approx(value)


def test_the_table_agrees_with_pymatgen():
    xrd = pytest.importorskip("pymatgen.analysis.diffraction.xrd")
    for name, value in xrd.WAVELENGTHS.items():
        if name[:2] in KALPHA1_KALPHA2_KBETA and "Ka" in name:
            # Theirs are Bearden's of 1967, ours newer.
            assert parse_wavelength(name) == pytest.approx(value, rel=3e-4), name


@pytest.mark.parametrize("given", ["Cu", "XxKa1", "", "1.2.3", "Ka1", None, [1], True, "CuKa7"])
def test_what_is_no_wavelength(given):
    with pytest.raises(ValueError, match="is not a wavelength"):
        parse_wavelength(given)


@pytest.mark.parametrize("given", [0, -1.5, 154.06, float("nan"), float("inf"), "99"])
def test_what_is_no_plausible_wavelength(given):
    with pytest.raises(ValueError, match="plausible"):
        parse_wavelength(given)


def test_an_anode_alone_gets_a_hint():
    with pytest.raises(ValueError, match="did you mean 'CuKa1' or 'CuKa'"):
        parse_wavelength("Cu")
