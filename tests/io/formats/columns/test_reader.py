import numpy as np
import pytest

from xrpdsim.io import PatternFileError, PatternFileWarning, read_pattern
from xrpdsim.patterns import convert_two_theta

# What nothing calls a pattern must be longer than these samples are.
HEADING = "# 2theta intensity\n"
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
    pattern = read(HEADING + text)
    np.testing.assert_allclose(pattern.two_theta, X)
    np.testing.assert_allclose(pattern.intensity, Y)
    assert pattern.esd is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_encodings(encoding, read):
    text = "# Prüfung\n# 2theta counts\n5.00 120.5\n5.02 118\n5.04 131.25\n"
    np.testing.assert_allclose(read(text.encode(encoding)).intensity, Y)


def test_the_third_of_three_columns_is_the_deviation(read):
    x = [f"{5 + 0.02 * k:.2f}" for k in range(25)]
    assert read("".join(f"{angle} 100 10\n" for angle in x)).esd.tolist() == [10] * 25
    assert read("".join(f"{angle} 100 0\n" for angle in x)).esd is None
    assert read("".join(f"{angle} 100 1 2\n" for angle in x)).esd is None


@pytest.mark.parametrize(
    ("head", "wavelength"),
    [
        ("1.54056\n", 1.54056),
        ("# wavelength 1.2 A; lab\n", 1.2),
        ("# Calibrated wavelength = 0.413909\n", 0.413909),
        ("# Wavelength (A): 0.7\n", 0.7),
        ("# wavelength: 0.15406 nm\n", 1.5406),
        ("# wavelength: 1,5406 A\n", 1.5406),
        ("K-Alpha1 wavelength,1.540598\nK-Alpha2 wavelength,1.544426\n", 1.540598),
        ("# wavelength 1.2 and wavelength 1.3\n", None),
        ("# anode: Cu\n", None),
        ("# wavelength 0.15406 A\n", 0.15406),
        ("# measured: b1_wavelength_0.4139.xy\n# wavelength: 1.5406 A\n", 1.5406),
        ("# wavelength: 1.5406 A\n# sample: at wavelength 0.4139\n", 1.5406),
        ("# File name: lambda0.4139.xy\n# wavelength: 1.5406 A\n", 1.5406),
        ("# sample: at wavelength 0.4139\n", 0.4139),
    ],
)
def test_stated_wavelengths(head, wavelength, read):
    assert read(HEADING + head + "5 1\n6 2\n7 3\n").wavelength == pytest.approx(wavelength)


@pytest.mark.parametrize(
    "mode",
    ["continuous", "Step", "stepwise", "step scan", "CONTINUOUS", "fixed time", "Pre-set Time"],
)
def test_how_an_axis_was_moved_is_no_axis(mode, read):
    assert read(f"{HEADING}# Scan type: {mode}\n5 1\n6 2\n7 3\n").two_theta.size == 3


def test_commas_in_quotes_part_no_columns(read):
    text = '2theta,intensity,remark\n5.00,120.5,"a, b"\n5.02,118,"c"\n5.04,131.25,"d, e, f"\n'
    np.testing.assert_allclose(read(text).intensity, Y)


def test_a_stated_number_of_points_is_checked(read):
    rows = "".join(f"{x} 1\n" for x in range(5, 15))
    assert read(HEADING + "10\n" + rows).two_theta.size == 10
    with pytest.raises(PatternFileError, match="announces 11 points but holds 10"):
        read(HEADING + "11\n" + rows)


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
        ("q  I\n0.1 1\n0.2 2\n0.3 3\n", "'q', without a unit"),
        ("d,intensity\n0.1,1\n0.2,2\n0.3,3\n", "'d', without a unit"),
        ('\'Scantype: "Rocking Curve"\n5 1\n6 2\n7 3\n', "'Rocking Curve', not 2theta"),
        ("# Scan type: step\n# Scan axis: Omega\n5 1\n6 2\n7 3\n", "'Omega', not 2theta"),
        ("5.00\t950\n5.02\t1,050\n5.04\t1,100\n", "line 1 .*'5.00' and line 2 '1,050'; write"),
        ("5.00 950\n5.02 1,050\n5.04 1,100\n", "line 2 '1,050'; write numbers with one decimal"),
        ("5,00;950\n5,02;1.050\n5,04;1.100\n", "line 1 .*'5,00' and line 2 '1.050'; write"),
        ('5.00,"1,653"\n5.02,"1,650"\n5.04,"950"\n', "line 1 has text .*'1,653'; write numbers"),
        ('5.00;"1,653"\n5.02;"1,650"\n5.04;"950"\n', "line 1 .* and line 1 '1,653'; write"),
        ("# lambda: 0.15406\n5 1\n6 2\n7 3\n", "states, 0.15406, is K-alpha of Cu in nm; give"),
        ("0.15406\n5 1\n6 2\n7 3\n", "one number, 0.15406, which is K-alpha of Cu in nm; give"),
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
    rows = HEADING + "".join(f"{x} {x}\n" for x in [*range(5, 30), *range(25, 50)])
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
    pattern = read(HEADING + "# User sample name = eel\n# date: 2024-05-01\n5 1\n6 2\n7 3\n")
    assert (pattern.sample, pattern.date) == ("eel", "2024-05-01")


def rows(x, *columns):
    """Lines of numbers, as the programs write them."""
    columns = columns or (np.arange(len(x)),)
    return "".join(
        " ".join(f"{value:.8g}" for value in row) + "\n" for row in zip(x, *columns, strict=True)
    )


SCAN = 5 + 0.02 * np.arange(60)
COPPER = 1.5406


@pytest.mark.parametrize("first", ["4.5", "0.02", "25.3", "1.5", "2.0"])
def test_a_first_line_that_is_no_wavelength_is_not_taken_for_one(first, read):
    with pytest.raises(PatternFileError, match="neither a wavelength"):
        read(first + "\n" + rows(SCAN))


@pytest.mark.parametrize(
    ("wavelength", "columns"),
    [
        ("4.066e-11 m", "--> 2th_deg  I"),
        ("4.066e-11 m", "2th_deg\t I"),
        ("4.066e-11", "2th_deg\t I"),
    ],
    ids=["pyFAI", "Dioptas", "Dioptas without the unit"],
)
def test_headers_of_pyfai_and_dioptas_state_the_wavelength_in_metres(wavelength, columns, read):
    head = (
        "# == pyFAI calibration ==\n# Distance Sample to Detector: 0.5 m\n"
        "# PONI: 8.722e-02, 8.342e-02 m\n# == Fit2d calibration ==\n# Tilt: 0.037 deg\n"
        f"# Wavelength: {wavelength}\n# Polarization factor: 0.99\n#\n# {columns}\n"
    )
    assert read(head + rows(SCAN)).wavelength == pytest.approx(0.4066)


@pytest.mark.parametrize(
    "heading",
    [
        "# wavelength 1.5406",
        "Wavelength: 1.5406 A",
        "# wavelength [Å] 1.5406",
        "lambda = 0,15406 nm",
    ],
)
def test_a_stated_wavelength_alone_does_not_name_the_columns(heading, read):
    pattern = read(f"{heading}\n" + rows(SCAN))
    assert pattern.wavelength == pytest.approx(1.5406)
    np.testing.assert_allclose(pattern.two_theta, SCAN)


@pytest.mark.parametrize("heading", ["# wavelength counts", "# wavelength 25C"])
def test_columns_headed_wavelength_are_refused(heading, read):
    with pytest.raises(PatternFileError, match="first column is headed 'wavelength'"):
        read(f"{heading}\n" + rows(SCAN))


def test_a_figure_in_an_unknown_unit_is_no_wavelength(read):
    assert read("# wavelength: 8.05 keV\n" + rows(SCAN)).wavelength is None


@pytest.mark.parametrize(
    ("heading", "scale"),
    [
        ("q (1/A) intensity", 1), ("# --> q_A^-1     I", 1), ("q_nm^-1,counts", 10),
        ("Q [1/nm]\tI", 10), ("q(nm-1) I", 10), ("# Q (Inverse Angstroms)  Intensity", 1),
    ],
)  # fmt: skip
def test_a_stated_q_is_converted_at_the_wavelength(heading, scale, read):
    q = 4 * np.pi * np.sin(np.radians(SCAN) / 2) / COPPER
    separator = "," if "," in heading else " "
    text = heading + "\n" + rows(q * scale).replace(" ", separator)
    pattern = read(text)
    # Eight digits are written: at most 1e-7 of an angle of 6 degrees.
    np.testing.assert_allclose(pattern.two_theta, SCAN, rtol=2e-7)
    assert pattern.wavelength == COPPER
    np.testing.assert_array_equal(pattern.intensity, np.arange(60))
    at_molybdenum = read(text, wavelength=0.7093)
    assert at_molybdenum.wavelength == 0.7093
    np.testing.assert_allclose(convert_two_theta(at_molybdenum.two_theta, 0.7093), SCAN, rtol=2e-7)


@pytest.mark.parametrize("turn", [1, -1])
def test_stated_plane_spacings_are_converted_in_either_order(turn, read):
    d = COPPER / 2 / np.sin(np.radians(SCAN) / 2)
    pattern = read("d (A)  I\n" + rows(d[::turn], np.arange(60)[::turn]))
    np.testing.assert_allclose(pattern.two_theta, SCAN, rtol=2e-7)
    np.testing.assert_array_equal(pattern.intensity, np.arange(60))


def test_radians_are_converted(read):
    pattern = read("# --> 2th_rad  I\n" + rows(np.radians(SCAN)))
    np.testing.assert_allclose(pattern.two_theta, SCAN, rtol=2e-7)


def test_what_has_no_angle_at_the_wavelength_is_left_out_with_a_warning(read):
    with pytest.warns(PatternFileWarning, match="19 of 100 points have no angle"):
        pattern = read("q (1/A) I\n" + rows(np.linspace(0.1, 10.0, 100)))
    assert pattern.two_theta[-1] <= 180


def test_rising_plane_spacings_without_a_heading_are_refused(read):
    d = COPPER / 2 / np.sin(np.radians(np.arange(5, 60, 0.05)) / 2)
    with pytest.raises(PatternFileError, match=r"grow steadily.*plane spacings"):
        read(rows(d[::-1]))
    # The same numbers called 2theta are taken at their word.
    assert read(HEADING + rows(d[::-1])).two_theta.size == d.size


def test_steps_that_grow_as_those_of_a_flat_detector_are_read(read):
    angles = np.degrees(np.arctan(np.linspace(0.05, 1.2, 500)))
    assert read(rows(angles)).two_theta.size == 500
    assert read(rows(angles[0] + angles[-1] - angles[::-1])).two_theta.size == 500


def test_two_samples_in_one_table_are_two_scans(read):
    text = "2theta, sample A, sample B\n" + rows(SCAN, SCAN * 2, SCAN * 3).replace(" ", ",")
    with pytest.raises(PatternFileError, match=r"2 scans .*0 sample A: .*1 sample B: .*scan="):
        read(text)
    pattern = read(text, scan=1)
    np.testing.assert_allclose(pattern.intensity, SCAN * 3)
    assert pattern.esd is None


@pytest.mark.parametrize(
    "text",
    [
        "1 0.5\n2 0.7\n3 0.9\n4 1.1\n5 1.3\n",
        "well,yield\n1,40\n2,45\n3,60\n4,10\n5,33\n",
        rows(np.arange(1, 97)),
    ],
    ids=["five rows", "wells", "a plate"],
)
def test_tables_are_not_patterns(text, read):
    with pytest.raises(PatternFileError, match="nothing calls"):
        read(text)


@pytest.mark.parametrize("heading", ["", "2theta intensity\n"])
@pytest.mark.parametrize("n_peaks", [12, 40])
def test_lists_of_peaks_are_not_patterns(heading, n_peaks, read):
    peaks = np.sort(np.random.default_rng(n_peaks).uniform(5, 40, n_peaks))
    with pytest.raises(PatternFileError, match=r"list of peaks|nothing calls"):
        read(heading + rows(peaks.round(3)))


def test_angles_rounded_to_few_digits_are_no_list_of_peaks(read):
    x = 3 + 0.015592 * np.arange(2000)
    rounded = "".join(f"{angle:.4g} 7\n" for angle in np.unique([float(f"{a:.4g}") for a in x]))
    assert read(rounded).two_theta.size > 1900


@pytest.mark.parametrize("name", ["sample_q.chi", "sample-Q.dat"])
def test_a_name_that_says_q_needs_a_heading(name, tmp_path):
    path = tmp_path / name
    path.write_text(rows(SCAN))
    with pytest.raises(PatternFileError, match="ends in q"):
        read_pattern(path)
    path.write_text(HEADING + rows(SCAN))
    assert read_pattern(path).two_theta.size == 60


def test_a_first_column_of_unknown_name_beside_counts_is_refused(read):
    with pytest.raises(PatternFileError, match="headed 'Temperature'"):
        read("Temperature Counts\n" + rows(SCAN))
