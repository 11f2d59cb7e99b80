import numpy as np
import pytest

from xrpdsim.io import PatternFileError, read_patterns

COUNTS = [100, 101, 103, 103, 103, 103, 98, 97, 96, 110, 122]


def jcamp(table, units="DEGREES 2-THETA", n_points=11, more="", form="XYDATA=(X++(Y..Y))"):
    return (
        "##TITLE=batch 7 $$ a comment\n##JCAMPDX=5.00\n##DATA TYPE=X-RAY DIFFRACTION\n"
        f"##ORIGIN=\n##XUNITS={units}\n##YUNITS=COUNTS\n##FIRSTX=5.0\n##LASTX=6.0\n"
        f"##NPOINTS={n_points}\n##XFACTOR=0.1\n##YFACTOR=2\n{more}##{form}\n{table}\n##END=\n"
    )


# the same ordinates in every way that the standard knows
TABLES = {
    "plain": "50 100 101 103 103 103 103\n56 98 97 96 110 122",
    "packed by signs": "50+100+101+103+103+103+103\n56+98+97+96+110+122",
    "squeezed": "50A00A01A03A03A03A03\n56I8I7I6A10A22",
    "squeezed and repeated": "50A00A01A03V\n56I8I7I6A10A22",
    "differences": "50A00JK%%%\n55A03njj\n58I6J4J2",
    "differences and repeats": "50A00JK%Un\n56I8jTJ4J2",
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_ordinates_are_unpacked(table, read):
    pattern = read(jcamp(table))
    np.testing.assert_allclose(pattern.two_theta, np.linspace(5, 6, 11))
    np.testing.assert_array_equal(pattern.intensity, 2 * np.array(COUNTS))
    assert pattern.sample == "batch 7"
    assert pattern.metadata["format"] == "JCAMP-DX"


def test_points_one_by_one(read):
    points = "; ".join(f"{50 + k}, {y}" for k, y in enumerate(COUNTS))
    pattern = read(jcamp(points, form="XYPOINTS=(XY..XY)"))
    np.testing.assert_allclose(pattern.two_theta, np.linspace(5, 6, 11))
    np.testing.assert_array_equal(pattern.intensity, 2 * np.array(COUNTS))


def test_units_are_read(read):
    q = read(jcamp(TABLES["plain"], units="q (1/nm)"))
    np.testing.assert_allclose(
        q.two_theta, 2 * np.degrees(np.arcsin(0.1 * np.linspace(5, 6, 11) * 1.5406 / 4 / np.pi))
    )
    with pytest.raises(PatternFileError, match="'1/CM', not 2theta"):
        read(jcamp(TABLES["plain"], units="1/CM"))
    with pytest.raises(PatternFileError, match="XUNITS= is empty"):
        read(jcamp(TABLES["plain"], units=""))


def test_the_wavelength_is_read_from_a_record(read):
    assert read(jcamp(TABLES["plain"])).wavelength is None
    more = "##$WAVELENGTH= 0.15406 nm\n"
    assert read(jcamp(TABLES["plain"], more=more)).wavelength == 1.5406


def test_blocks_are_scans_of_their_own(tmp_path, read):
    blocks = jcamp(TABLES["plain"]) + jcamp(TABLES["differences"]).replace("batch 7", "batch 8")
    path = tmp_path / "two.jdx"
    path.write_text(
        f"##TITLE=both\n##JCAMP-DX=4.24\n##DATA TYPE=LINK\n##BLOCKS=3\n{blocks}##END=\n"
    )
    assert [pattern.sample for pattern in read_patterns(path)] == ["batch 7", "batch 8"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (jcamp(TABLES["plain"], n_points=12), "announces 12 points but holds 11"),
        (jcamp(TABLES["plain"]).replace("##END=", ""), "has no ##END="),
        (jcamp(TABLES["plain"].replace("56 ", "57 ")), "the line of point 7 begins with 57"),
        (jcamp(TABLES["differences"].replace("58I6", "58I7")), "does not begin with the ordinate"),
        (jcamp("50A00?"), "which is no ordinate"),
        (jcamp("50JK"), "begins with a difference"),
        (jcamp("50A00Z999999999"), "more than 1000000 ordinates"),
        (jcamp("50 1 x"), "not a number"),
        (jcamp(TABLES["plain"]).replace("##LASTX=6.0\n", ""), "##LASTX= is missing"),
        (jcamp(TABLES["plain"], form="XYDATA=(X++(R..R))"), "are not read"),
        (jcamp("5 100 6 90", form="PEAK TABLE=(XY..XY)"), "only a list of peaks"),
    ],
)
def test_what_is_damaged_is_refused(content, message, read):
    with pytest.raises(PatternFileError, match=message):
        read(content)
