import numpy as np
import pytest

from xrpdsim.io import PatternFileError


@pytest.mark.parametrize("name", ["ras", "rasx"])
def test_sample_and_axis(name, encode, read):
    pattern = read(encode[name]())
    assert pattern.sample == "SAMPLE"
    assert pattern.scan_axis.startswith("TwoTheta")


@pytest.mark.parametrize("name", ["ras", "rasx"])
def test_other_axes_are_refused(name, encode, read):
    with pytest.raises(PatternFileError, match="'Omega', not 2theta"):
        read(encode[name](axis="Omega"))


def test_missing_points_are_noticed(encode, read):
    with pytest.raises(PatternFileError, match="announces 62 points but holds 61"):
        read(encode["ras"](n_declared=62))
    with pytest.raises(PatternFileError, match="announces 62 points but holds 61"):
        read(encode["old_rigaku"]().replace(b"*COUNT = 61", b"*COUNT = 62"))


def test_conditions_must_lie_beside_the_profile(encode, read):
    with pytest.raises(PatternFileError, match="lacks the conditions"):
        read(encode["archive"]({"Data0/Profile0.txt": "5 1 1\n6 2 1\n7 3 1\n"}))


def test_two_scans_in_one_file(encode, read):
    content = encode["ras"]().replace(b"*RAS_DATA_END\r\n", b"")
    later = encode["ras"]().replace(b"*RAS_DATA_START\r\n", b"")
    with pytest.raises(PatternFileError, match="2 scans that overlap"):
        read(content + later)


def test_old_groups_need_their_entries(encode, read):
    with pytest.raises(PatternFileError, match="lacks STEP"):
        read(encode["old_rigaku"]().replace(b"*STEP", b"*STOP"))


def test_a_missing_end_mark_is_forgiven_where_the_count_is_right(encode, expected, read):
    content = encode["ras"]().replace(b"*RAS_INT_END\r\n*RAS_DATA_END\r\n", b"")
    assert read(content).intensity.tolist() == expected[1].tolist()
    with pytest.raises(PatternFileError, match="cut off"):
        read(content[: content.rindex(b"\r\n", 0, -2) + 2])
    with pytest.raises(PatternFileError, match="cut off"):
        read(content[:-3])


def ras_range(start, speed, unit="counts"):
    rows = "".join(f"{start + 0.02 * k:.2f} {100 + k} 1.0\n" for k in range(50))
    return (
        '*RAS_HEADER_START\n*MEAS_SCAN_AXIS_X "TwoThetaTheta"\n*MEAS_SCAN_STEP "0.02"\n'
        f'*MEAS_SCAN_SPEED "{speed}"\n*MEAS_SCAN_SPEED_UNIT "deg/min"\n'
        f'*MEAS_SCAN_UNIT_Y "{unit}"\n*RAS_HEADER_END\n*RAS_INT_START\n{rows}*RAS_INT_END\n'
    )


def test_ranges_of_ras_scanned_at_different_speeds_become_rates(read):
    def joined(*ranges):
        return read("*RAS_DATA_START\n" + "".join(ranges) + "*RAS_DATA_END\n").intensity

    counts = 100 + np.arange(50)
    found = joined(ras_range(5, 4.0), ras_range(7, 0.4))
    # 0.02 degrees at 4 degrees a minute are 0.3 s
    np.testing.assert_allclose(found, np.concatenate([counts / 0.3, counts / 3.0]))
    rates = joined(ras_range(5, 4.0, "cps"), ras_range(7, 0.4, "cps"))
    np.testing.assert_allclose(rates, np.tile(counts, 2))


def test_ranges_of_rasx_scanned_at_different_speeds_become_rates(encode, read):
    members = {}
    for number, speed in enumerate((4.0, 0.4)):
        rows = "".join(f"{5 + 2 * number + 0.02 * k:.2f}\t{100 + k}\t1\n" for k in range(50))
        members[f"Data{number}/Profile0.txt"] = rows
        members[f"Data{number}/MesurementConditions0.xml"] = (
            "<MeasurementConditions><ScanInformation><AxisName>TwoTheta</AxisName><Step>0.02</Step>"
            f"<Speed>{speed}</Speed><SpeedUnit>deg/min</SpeedUnit><IntensityUnit>counts"
            "</IntensityUnit></ScanInformation></MeasurementConditions>"
        )
    counts = 100 + np.arange(50)
    found = read(encode["archive"](members)).intensity
    np.testing.assert_allclose(found, np.concatenate([counts / 0.3, counts / 3.0]))
