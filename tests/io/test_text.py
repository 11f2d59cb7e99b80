import numpy as np
import pytest

from xrpdsim.io import PatternFileError, PatternFileWarning

X, Y = [5.0, 5.02, 5.04], [120.5, 118.0, 131.25]


@pytest.mark.parametrize(
    "text",
    [
        "5.00 120.5\n5.02 118\n5.04 131.25\n",
        "5.00,120.5\n5.02,118\n5.04,131.25\n",
        "5.00, 120.5\n5.02, 118\n5.04, 131.25\n",
        "5.00;120.5\n5.02;118\n5.04;131.25\n",
        "5.00\t120.5\n5.02\t118\n5.04\t131.25\n",
        "5,00 120,5\n5,02 118\n5,04 131,25\n",
        "5,00\t120,5\n5,02\t118,0\n5,04\t131,25\n",
        "5,00;120,5\n5,02;118\n5,04;131,25\n",
        "5.00 120.5\r\n5.02 118\r\n5.04 131.25\r\n",
        "5.00 120.5\r5.02 118\r5.04 131.25\r",
        "5.00,120.5,\n5.02,118,\n5.04,131.25,\n",
        '"5.00","120.5"\n"5.02","118"\n"5.04","131.25"\n',
        "5.00 1.205e2\n5.02 1.18E+02\n5.04 13125e-2\n",
        "2theta,intensity\n5.00,120.5\n5.02,118\n5.04,131.25\n",
        "Angle;Counts\n5,00;120,5\n5,02;118\n5,04;131,25\n",
        "Intensity\t2Theta\n120.5\t5.00\n118\t5.02\n131.25\t5.04\n",
        "# 2theta_deg intensity\n5.00 120.5\n\n; remark\n5.02 118\n5.04 131.25\n",
        '\'Id: "a" Anode: "Cu" Scantype: "Coupled TwoTheta/Theta"\n'
        "5 120.5\n5.02 118\n5.04 131.25\n",
        "sample 7 of batch\n5.00 120.5\n5.02 118\n5.04 131.25\n",
        "no x tth int q\n1 9 5.00 120.5 0.1\n2 9 5.02 118 0.2\n3 9 5.04 131.25 0.3\n",
        "\n\n  5.00   120.5  \n  5.02   118\n  5.04  131.25",
    ],
)
def test_separators_decimals_headings_and_comments(text, read):
    pattern = read(text)
    np.testing.assert_allclose(pattern.two_theta, X)
    np.testing.assert_allclose(pattern.intensity, Y)
    assert pattern.esd is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_encodings(encoding, read):
    text = "# Prüfung\n5.00 120.5\n5.02 118\n5.04 131.25\n"
    np.testing.assert_allclose(read(text.encode(encoding)).intensity, Y)


def test_the_third_of_three_columns_is_the_deviation(read):
    assert read("5 100 10\n6 81 9\n7 64 8\n").esd.tolist() == [10, 9, 8]
    assert read("5 100 0\n6 81 0\n7 64 0\n").esd is None
    assert read("5 100 1 2\n6 81 1 2\n7 64 1 2\n").esd is None


@pytest.mark.parametrize(
    ("head", "wavelength"),
    [
        ("1.54056\n", 1.54056),
        ("# wavelength 1.2 A; lab\n", 1.2),
        ("# Calibrated wavelength = 0.413909\n", 0.413909),
        ("# Wavelength (A): 0.7\n", 0.7),
        ("# wavelength: 0.15406 nm\n", 1.5406),
        ("K-Alpha1 wavelength,1.540598\nK-Alpha2 wavelength,1.544426\n", 1.540598),
        ("# wavelength 1.2 and wavelength 1.3\n", None),
        ("# anode: Cu\n", None),
    ],
)
def test_stated_wavelengths(head, wavelength, read):
    assert read(head + "5 1\n6 2\n7 3\n").wavelength == pytest.approx(wavelength)


def test_a_stated_number_of_points_is_checked(read):
    rows = "".join(f"{x} 1\n" for x in range(5, 15))
    assert read("10\n" + rows).two_theta.size == 10
    with pytest.raises(PatternFileError, match="announces 11 points but holds 10"):
        read("11\n" + rows)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("5 1\n6 2\nseven 3\n8 4\n", r"line 3 has text where a number belongs: 'seven'"),
        ("# x\n5 1\n6 two\n7 3\n", r"line 3 has text .*'two'"),
        ("5 1\n6 nan\n7 3\n", "line 2 has a value that is not finite"),
        ("5 1\n6 1_0\n7 3\n", "line 2 has text"),
        ("5 1\n6 2\n7\n", "line 3 has 1 columns, line 1 has 2: '7'; the file is cut off"),
        ("5 1\n6 2 3\n7 3\n", "line 2 has 3 columns"),
        ("5.x0 1\n6 2\n7 3\n", "line 1 is neither a heading nor numbers"),
        ("5\n6\n7\n", "one column"),
        ("title\nand more\n", "no rows of two numbers"),
        (",,,\n;;\n", "no rows of two numbers|number"),
        ("5 1\n6 2\n5.5 3\n", "must increase, but goes from 6 to 5.5 degrees at point 3"),
        ("5 1\n6 2\n", "2 points are not a powder pattern"),
        ("theta intensity\n5 1\n6 2\n7 3\n", "headed 'theta', not 2theta"),
        ("q (1/A)  I\n0.1 1\n0.2 2\n0.3 3\n", "not 2theta"),
        ("d,intensity\n0.1,1\n0.2,2\n0.3,3\n", "headed 'd'"),
        ('\'Scantype: "Rocking Curve"\n5 1\n6 2\n7 3\n', "'Rocking Curve', not 2theta"),
        ("1 2 3 4 5\n2 3 4 5 6\n3 4 5 6 7\n", "5 columns without headings"),
        ("-1 1\n200 2\n300 3\n", "within 180 degrees"),
        ("5 1\n6 1e98\n7 3\n", "damaged"),
    ],
)
def test_what_is_wrong_is_said(text, message, read):
    with pytest.raises(PatternFileError, match=message):
        read(text)


def test_nul_bytes_are_damage(read):
    with pytest.raises(PatternFileError, match="NUL byte at byte 6"):
        read(b"5.0 1\n\x006 2\n7 3\n" + b"8 4\n" * 40)


def test_a_number_that_lost_its_end(read):
    rows = "".join(f"{5 + 0.02 * k:.2f} {1000 + k}\n" for k in range(30))
    with pytest.raises(PatternFileError, match="cut off"):
        read(rows + "5.60 10")
    with pytest.warns(PatternFileWarning, match="may be cut off"):
        read(rows.replace("1020", "120") + "5.60 103")


def test_a_displaced_point_is_damage(read):
    rows = [f"{5 + 0.02 * k:.2f} 7" for k in range(60)]
    rows[30] = rows[30].replace("5.60", "5.61")
    with pytest.raises(PatternFileError, match=r"point 31 is 5\.61, out of line"):
        read("\n".join(rows) + "\n")


def test_a_gap_is_not_measured(read):
    rows = "".join(f"{x:.2f} 7\n" for x in [*np.arange(5, 6, 0.02), *np.arange(8, 9, 0.02)])
    assert read(rows).ranges == ((5.0, 5.98), (8.0, 8.98))


def test_frames_over_the_same_angles_are_scans(read):
    rows = "frame tth counts\n" + "".join(
        f"{f} {x} {f + x}\n" for f in (0, 1) for x in range(5, 15)
    )
    with pytest.raises(PatternFileError, match="2 scans that overlap"):
        read(rows)
    np.testing.assert_array_equal(read(rows, scan=1).intensity, np.arange(6, 16))


def test_scans_one_below_the_other(read):
    rows = "".join(f"{x} {x}\n" for x in [*range(5, 30), *range(25, 50)])
    with pytest.raises(PatternFileError, match="0: 5 to 29 degrees, 25 points; 1: 25 to 49"):
        read(rows)
    assert read(rows, scan=1).two_theta[0] == 25


@pytest.mark.parametrize("damaged", [3.0, 8.0])
def test_a_single_damaged_angle_is_no_scan(damaged, read):
    angles = [*range(10, 40)]
    angles[15] = damaged
    with pytest.raises(PatternFileError, match="must increase"):
        read("".join(f"{x} 1\n" for x in angles))


def test_sample_and_date_are_found(read):
    pattern = read("# User sample name = eel\n# date: 2024-05-01\n5 1\n6 2\n7 3\n")
    assert (pattern.sample, pattern.date) == ("eel", "2024-05-01")
