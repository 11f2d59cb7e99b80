import pytest

from xrpdsim.io import PatternFileError, missing_wavelength, parse_wavelength
from xrpdsim.io.wavelengths import KALPHA1_KALPHA2_KBETA, check_doublet, stated_wavelength
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


@pytest.mark.parametrize("anode", KALPHA1_KALPHA2_KBETA)
def test_the_doublet_of_every_anode_is_one(anode):
    alpha1, alpha2, _ = KALPHA1_KALPHA2_KBETA[anode]
    check_doublet(alpha1, alpha2)
    check_doublet(alpha1, alpha1)
    check_doublet(alpha1, 0.0)
    check_doublet(None, alpha2)


@pytest.mark.parametrize("alpha1", [1.5416 + 0.01, 1.5306 - 0.01, 2.5406, 0.5406])
def test_a_damaged_doublet_is_refused(alpha1):
    with pytest.raises(PatternFileError, match="lines of no anode"):
        check_doublet(alpha1, 1.5444)


@pytest.mark.parametrize(
    "name",
    ["raw1", "raw2", "raw3", "raw4", "stoe", "xrdml", "uxd", "udf", "ras", "rasx", "brml",
     "old_rigaku"],
)  # fmt: skip
def test_every_format_with_two_lines_compares_them(name, encode, monkeypatch, read):
    seen = []
    monkeypatch.setattr("xrpdsim.io.reading.check_doublet", lambda *lines: seen.append(lines))
    read(encode[name]())
    assert seen == [(pytest.approx(1.5406), pytest.approx(1.5444))]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Wavelength: 4.066e-11 m", 0.4066), ("wavelength [nm]: 0.15406", 1.5406),
        ("lambda1 = 1.5406, lambda2 = 1.5444", 1.5406), ("wavelength (pm) 71.07", 0.7107),
        ("Wavelength=1.5406 \N{ANGSTROM SIGN}", 1.5406), ("wavelength 4.066e-11", 0.4066),
        ("wavelength: 8.05 keV", None), ("wavelength (keV): 8.05", None), ("wavelength: 2", None),
        ("wavelength: 1,5406 A", 1.5406), ("lambda1 = 1,54060, lambda2 = 1,54443", 1.5406),
        ("wavelength: 1,54", None), ("wavelength 1.2\nwavelength 1.2", 1.2), ("wavelength", None),
        ("1.5406", None), ('"Wavelength","1.540598"', 1.540598), ("'lambda';'1,5406'", 1.5406),
        ('"Wavelength (nm)","0.15406"', 1.5406),
        ('"Sample name","b_wavelength_0.4139"\n"Wavelength","1.5406"', 1.5406),
    ],
)  # fmt: skip
def test_units_of_stated_wavelengths(text, value):
    assert stated_wavelength(text) == (None if value is None else pytest.approx(value))


def test_what_is_said_of_missing_wavelengths():
    assert "Cu" not in missing_wavelength(["a.xy"]).replace("CuKa1", "")
    assert missing_wavelength(["a"] * 5, table="labels.csv").startswith("5 files do not name")
    assert "CuKa1 or CuKa?" in missing_wavelength(["a.xy"], anode="Cu")
