"""Tables of several patterns: each has its own angles, or the table is refused with the reason."""

import numpy as np
import pytest

from xrpdsim.io import PatternFileError, PatternFileWarning, read_pattern, read_patterns

N = 80
ANGLES = 5 + 0.02 * np.arange(N)
COUNTS = 100 + np.arange(N) % 7


def table(head, columns, separator=","):
    """A table with a letter a column: t is the next angles, r those in radians, y the next counts,
    e their deviations, n the number of the row, q a column of q.
    """
    n_axes = n_patterns = 0
    values = []
    for letter in columns:
        n_axes += letter in "tr"
        n_patterns += letter == "y"
        values.append(
            {
                "t": ANGLES + n_axes - 1,
                "r": np.radians(ANGLES + n_axes - 1),
                "y": COUNTS + 1000 * n_patterns,
                "e": 10 * n_patterns + np.arange(N) % 3,
                "n": np.arange(N) + 1,
                "q": 4 * np.pi * np.sin(np.radians(ANGLES + n_axes - 1) / 2) / 1.5406,
            }[letter]
        )
    rows = (separator.join(f"{value:.10g}" for value in row) for row in zip(*values, strict=True))
    return "\n".join([*head.split("\n"), *rows]) + "\n"


@pytest.fixture
def scans(tmp_path):
    """Write a table, read every scan, and say of each its name, and which axis, counts and
    deviations of `table` it has.
    """

    def write_and_read(head, columns, separator=","):
        path = tmp_path / "table.txt"
        path.write_text(table(head, columns, separator), encoding="utf-8")
        found = []
        for pattern in read_patterns(path):
            start, level = pattern.two_theta[0] - 5, pattern.intensity[0] // 1000
            np.testing.assert_allclose(pattern.two_theta, ANGLES + round(start), rtol=1e-8)
            np.testing.assert_array_equal(pattern.intensity, COUNTS + 1000 * level)
            esd = None if pattern.esd is None else int(pattern.esd[0] // 10)
            found.append((pattern.metadata["scan"], round(start), int(level), esd))
        return found

    return write_and_read


@pytest.mark.parametrize(
    ("head", "columns", "names"),
    [
        ("2theta,A,2theta,B", "tyty", "A B"),
        ("2theta,A,2theta.1,B", "tyty", "A B"),
        ("2theta,Intensity,2theta.1,Intensity.1", "tyty", "Intensity Intensity.1"),
        ("2Theta (deg),A,Angle,B,2theta 3,C", "tytyty", "A B C"),
        ("2theta 1,Intensity 1,2theta 2,Intensity 2", "tyty", "Intensity_1 Intensity_2"),
        ("A 2theta,A,B 2theta,B", "tyty", "A B"),
        ("2theta (A),A,2theta (B),B", "tyty", "A B"),
        ("A_2theta,A_counts,B_2theta,B_counts", "tyty", "A_counts B_counts"),
        ("I 2theta,I,II 2theta,II", "tyty", "I II"),
        ("D 2theta,D,E 2theta,E,S 2theta,S", "tytyty", "D E S"),
        ("2theta,D,2theta,E,2theta,F", "tytyty", "D E F"),
        (",2theta,A,2theta,B", "ntyty", "A B"),
        ("2theta,q,A,2theta.1,q.1,B", "tqytqy", "A B"),
        ("2\u03b8,\u7532,2\u03b8,\u4e59", "tyty", "\u7532 \u4e59"),
    ],
)
def test_each_pattern_has_the_angles_to_its_left(head, columns, names, scans):
    expected = [
        (name.replace("_", " ") if "1" in head.split(",")[0] else name, k, k + 1, None)
        for k, name in enumerate(names.split())
    ]
    assert scans(head, columns) == expected


def test_columns_parted_by_blanks(scans):
    found = scans("A 2theta  A  B 2theta  B", "tyty", " ")
    assert found == [("A", 0, 1, None), ("B", 1, 2, None)]


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        ("2theta,Intensity,2theta,Intensity", "tyty"),
        ("2theta,q,I,2theta,q,I", "tqytqy"),
    ],
)
def test_patterns_of_one_name_are_told_by_their_order(head, columns, scans):
    assert scans(head, columns) == [("", 0, 1, None), ("", 1, 2, None)]


@pytest.mark.parametrize(
    ("head", "columns", "expected"),
    [
        ("2theta,I,esd,2theta,I,esd", "tyetye", [("", 0, 1, 1), ("", 1, 2, 2)]),
        ("2theta,A,esd,2theta.1,B,esd.1", "tyetye", [("A", 0, 1, 1), ("B", 1, 2, 2)]),
        ("2theta1,I1,E1,2theta2,I2,E2", "tyetye", [("I1", 0, 1, 1), ("I2", 1, 2, 2)]),
        ("2theta,A,esd,2theta,B", "tyety", [("A", 0, 1, 1), ("B", 1, 2, None)]),
        ("2theta,I,e,I,e", "tyeye", [("", 0, 1, 1), ("", 0, 2, 2)]),
        # whose it is, is not said
        ("2theta,A,B,esd", "tyye", [("A", 0, 1, None), ("B", 0, 2, None)]),
    ],
)
def test_each_deviation_belongs_to_the_intensity_before_it(head, columns, expected, scans):
    assert scans(head, columns) == expected


@pytest.mark.parametrize(
    ("head", "names"),
    [
        ("2theta,Intensity,Intensity", ["", ""]),
        ("2theta,Intensity,Intensity.1", ["Intensity", "Intensity.1"]),
        ("2theta,A,B,C,D,E", ["A", "B", "C", "D", "E"]),
        ("2theta,I,II,III", ["I", "II", "III"]),
        ("2theta,d,D1,D2", ["D1", "D2"]),
        ("2\u03b8,1,2,3", ["1", "2", "3"]),
    ],
)
def test_no_pattern_over_one_axis_is_lost(head, names, scans):
    columns = head.split(",")
    letters = "".join("q" if name == "d" else "y" for name in columns[1:])
    expected = [(name, 0, k + 1, None) for k, name in enumerate(names)]
    assert scans(head, "t" + letters) == expected


@pytest.mark.parametrize(
    ("head", "columns", "counts", "esd"),
    [
        ("2theta,q,I", "tqy", 1, None),
        ("q (1/A),2theta,I", "qty", 1, None),
        ("2theta,I,d", "tyq", 1, None),
        ("2theta (deg),2theta (rad),I", "try", 1, None),
        ("2theta (deg),I,2theta (rad)", "tyr", 1, None),
        ("no,2theta,A", "nty", 1, None),
        ("2theta,counts,cps", "tyy", 1, None),
        ("2theta,I,I0", "tyy", 1, None),
        ("2theta,Iobs,Icalc", "tyy", 1, None),
        ("2theta,2theta_esd,intensity,intensity_esd", "tyye", 2, 2),
        ("2theta,intensity,2theta error,error", "tyye", 1, 2),
    ],
)
def test_what_is_no_second_pattern_is_not_taken_for_one(head, columns, counts, esd, scans):
    assert scans(head, columns) == [("", 0, counts, esd)]


@pytest.mark.parametrize(
    ("head", "columns", "message"),
    [
        ("", "tyty", "4 columns without headings, and the third grows as 2theta does; name"),
        ("2theta A,2theta B,A,B", "ttyy", "no intensity is named beside .*'2theta A'"),
        ("2theta,A,2theta,B,2theta", "tytyt", "no intensity is named beside .*'2theta'"),
        ("2theta,S_1,S_2", "tyy", "no intensity is named beside the column headed '2theta'"),
        ("A,2theta,B,2theta", "ytyt", "'A' stands to the left of all 2 columns of angles"),
        ("2theta,I,q,I", "tyqy", "'q' stands between those headed 'I' and 'I'"),
        ("2theta (deg),A,2theta (rad),B", "tyry", r"'2theta \(rad\)' stands between .* be told"),
        ("2theta,A,2theta of B,B", "tyty", "'2theta of B' stands between those headed 'A' and 'B'"),
    ],
)
def test_what_cannot_be_told_is_refused(head, columns, message, scans):
    with pytest.raises(PatternFileError, match=message):
        scans(head, columns)


def test_text_in_the_third_of_four_columns_is_no_angle(read):
    pattern = read("".join(f"{angle:.2f} 100 1-Jan {k}\n" for k, angle in enumerate(ANGLES)))
    assert pattern.two_theta.size == N


def test_several_axes_in_q(scans):
    assert scans("q (1/A),A,q (1/A),B", "qyqy") == [("A", -1, 1, None), ("B", -1, 2, None)]


def test_patterns_that_do_not_overlap_are_joined_with_a_warning(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("2theta,A,2theta,B\n5.00,206,10.00,196\n5.02,207,10.02,197\n5.04,8,10.04,9\n")
    with pytest.warns(PatternFileWarning, match="2 columns of angles do not overlap"):
        assert [pattern.two_theta[0] for pattern in read_patterns(path)] == [5, 10]
    with pytest.warns(PatternFileWarning, match="joined as ranges"):
        assert read_pattern(path).ranges == ((5.0, 5.04), (10.0, 10.04))


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        ("2Theta\tIntensity\ndeg\tcounts", "ty"),
        ("2Theta\tIntensity\n[\u00b0]\ta. u.", "ty"),
        ("2Theta\tIntensity\nDegrees\t", "ty"),
        ("2Theta\tIntensity\ndeg\tcounts\n\tSample 1", "ty"),
        ("2Theta\tIntensity\nrad\tcounts", "ry"),
        ("2Theta\tIntensity\nrad", "ry"),
        ("Intensity\t2Theta\ncounts\trad", "yr"),
        ("time\t2Theta\tI\ns\trad\tcps", "nry"),
    ],
)
def test_a_row_of_units_below_the_names_is_read_with_them(head, columns, scans):
    assert scans(head, columns, "\t") == [("", 0, 1, None)]


@pytest.mark.parametrize("unit", ["deg", "rad"])
def test_units_below_several_patterns(unit, scans):
    head = f"A 2theta\tA\tB 2theta\tB\n{unit}\tcounts\t{unit}\tcounts"
    columns = "tyty" if unit == "deg" else "ryry"
    assert scans(head, columns, "\t") == [("A", 0, 1, None), ("B", 1, 2, None)]


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("rad\tcounts", "headed 'rad', not 2theta"),
        ("# rad", "unit 'rad', and no line above says of what"),
        ("2theta_deg\tI\nrad\tcounts", "'2theta_deg' has the unit 'rad' .* contradicts"),
        ("2theta\tI\nomega (deg)", "headed 'omega', not 2theta"),
    ],
)
def test_units_without_names_or_against_them_are_refused(head, message, scans):
    with pytest.raises(PatternFileError, match=message):
        scans(head, "ry", "\t")


@pytest.mark.parametrize(
    "head",
    [
        '"Wavelength","1.540598"\nAngle,Intensity',
        'Angle,Intensity\n"Wavelength","1.540598"',
        '"Wavelength","1.540598"',
    ],
)
def test_a_quoted_wavelength_is_found(head, read):
    pattern = read(table(head, "ty"))
    assert pattern.wavelength == 1.540598
    np.testing.assert_allclose(pattern.two_theta, ANGLES)
