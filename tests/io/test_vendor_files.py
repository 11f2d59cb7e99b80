"""Files that real instruments and their software wrote: read right, or refused for a reason."""

import warnings

import numpy as np
import pytest

from xrpdsim.io import PatternFileError, PatternFileWarning, read_pattern, read_patterns

# Points, first and last angle, wavelength (None: the file does not say).
READ = {
    "brml/23-012-AG_2thomegascan_long.brml": (2001, 44.0, 48.0, 1.5406),
    "brml/TiOF.brml": (2469, 9.998839, 60.012776, 1.5406),
    "bruker_raw1/brk_raw1.raw": (876, 4.98, 39.98, 1.5406),
    "bruker_raw2/brk_raw2.raw": (7251, 5.0, 150.0, 1.5406),
    "bruker_raw3/BT86.raw": (2374, 3.0, 40.0002906, 1.5406),
    "bruker_raw3/Cu3Au-1.raw": (3901, 22.0, 100.0, 1.5406),
    "bruker_raw3/Tutorial_06.raw": (5863, 5.0, 89.957966, 1.5406),
    "bruker_raw3/format1.raw": (178, 10.0, 45.0, 1.5406),
    "bruker_raw4/TwoTheta_scan_scrambled.raw": (7134, 10.0, 85.041299, 1.5406),
    "bruker_raw4/bruker.raw": (4059, 37.0001, 120.0046435, 1.5406),
    "cpi/pyxrd_inline.cpi": (37, 3.01, 3.73, 1.5406),
    "csv/sample.csv": (7351, 3.0, 150.0, None),
    "dat_other/example_mythen.dat": (730, 2.084, 5.0, None),
    "gsas/11BM_NAC.fxye": (59498, 0.5, 59.9893, 0.413909),
    "gsas/NIST660CBI.gsas": (8378, 15.0066, 124.9991231, None),
    "gsas/Quinoli.gda": (7361, 7.5, 36.94, None),
    "gsas/garnet.raw": (2679, 24.0, 157.9, None),
    "gsas/gsas.raw": (4941, 16.0, 99.98, None),
    "json_opxrd/aimat.json": (4059, 37.0001, 120.004644, 1.5406),
    "pdcif/1517474.cif": (3296, 1.5, 166.25, 2.0785),
    "pdcif/data.cif": (3728, 8.0, 89.994, 1.540598),
    "ras/inas_layer_radial_002_004.ras": (4002, 26.5, 66.0, 1.540593),
    "ras/rigaku_nims.ras": (3501, 25.0, 60.0, 1.540593),
    "rasx/Omega-2Theta_scan_high_temperature.rasx": (1042, 44.0, 48.9968, 1.540593),
    "rasx/TwoTheta_scan_powder.rasx": (2726, 10.0, 119.0, 1.540593),
    "rasx/sample.rasx": (2334, 10.0, 79.99, 1.540593),
    "stoe_raw/stoe.raw": (5404, 10.0, 91.045, 1.20793),
    "udf/pyxrd_inline.udf": (33, 5.0, 5.64, None),
    "uxd/BT86_.UXD": (2374, 3.0, 40.0, 1.5406),
    "xrdml/CG20396_jdb12-1.xrdml": (7181, 5.00835563, 124.99526689, 1.540598),
    "xrdml/XRD-918-16_10.xrdml": (5027, 4.00656514, 69.99936587, 1.540598),
    "xrdml/empyrean.xrdml": (196, 30.05, 41.75, 1.540598),
    "xrdml/m54313_om2th_10.xrdml": (1800, 26.025, 79.995, 1.540598),
    "xrdml/sample.xrdml": (5027, 4.00656514, 69.99936587, 1.540598),
    "xy/MG1-Cu2O-28_bg_subtracted.xy": (3449, 10.0, 70.005014, None),
    "xy/cpd-1a.prn": (7251, 5.0, 150.0, None),
    "xy/example_evadiffract.xy": (28, 5.0001, 5.2743, None),
    "xy/sample.xy": (11900, 1.0, 119.99, None),
    "xye/Telmisartan.xye": (7001, 2.0, 30.0, 1.54056),
    "xye/Tutorial_01.xye": (9751, 5.0, 44.0, 1.1294),
    "xye/Tutorial_02.xye": (11038, 0.0, 22.074001, 0.800077),
    "xye/Tutorial_03.xye": (4800, 8.01, 56.0, 1.5285),
    "xye/Tutorial_04.xye": (2701, 7.0, 61.0, 1.78897),
    "xye/Tutorial_05.xye": (8667, 4.002, 30.0, 0.85075),
    "xye/example_bmb.xye": (575, 0.5, 1.073103, 0.414581),
    "xye/example_mac.xye": (599, 0.0, 0.598, None),
    "xye/example_mythen.xye": (74, 2.038, 2.33, None),
}
REFUSED = {
    "bruker_raw3/Keokuk_kaolinite.RAW": "2 scans that overlap",
    "chi/ExampleChiPlot.chi": "'X AXIS UNITS', not 2theta",
    "csv/single.csv": "goes from 66.0851 to 64.9822",
    "dat_other/D1A5.dat": "neutron data of instrument D1A",
    "dat_other/data.dat": "2 scans that overlap",
    "pdcif/nist_srm660c_100a.cif": "_meas.*_calc",
    "rigaku_dat/ExampleRigaku.dat": "announces 4657 points but holds 56",
    "xy/with_sigma.txt": "table of 3 rows",
    "xy/example_ocx.xy": "headed 'theta', not 2theta",
}
# Where another reader, geddes, is wrong or does not read the file.
NO_ORACLE = {
    "bruker_raw1/brk_raw1.raw", "bruker_raw2/brk_raw2.raw", "bruker_raw3/Tutorial_06.raw",
    "cpi/pyxrd_inline.cpi", "gsas/garnet.raw", "json_opxrd/aimat.json", "pdcif/1517474.cif",
    "ras/inas_layer_radial_002_004.ras", "stoe_raw/stoe.raw", "udf/pyxrd_inline.udf",
}  # fmt: skip


@pytest.fixture(autouse=True)
def expected_warnings():
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "(?s).*(neutrons|announces|_STEPCOUNT)", PatternFileWarning
        )
        yield


@pytest.mark.parametrize("name", READ)
def test_read_right(name, vendor_files):
    n_points, first, last, wavelength = READ[name]
    pattern = read_pattern(vendor_files / name)
    assert pattern.two_theta.size == n_points
    np.testing.assert_allclose(pattern.two_theta[[0, -1]], [first, last], atol=2e-6)
    assert pattern.wavelength == wavelength


@pytest.mark.parametrize("name", REFUSED)
def test_refused_for_the_true_reason(name, vendor_files):
    with pytest.raises(PatternFileError, match=REFUSED[name]):
        read_pattern(vendor_files / name)


def test_every_file_is_accounted_for(vendor_files):
    names = {
        path.relative_to(vendor_files).as_posix()
        for path in vendor_files.glob("*/*")
        if path.is_file()
    }
    assert names == READ.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", sorted(READ.keys() - NO_ORACLE))
def test_another_reader_agrees(name, vendor_files):
    geddes = pytest.importorskip("geddes")
    other = geddes.read(str(vendor_files / name))
    patterns = read_patterns(vendor_files / name)
    pattern = next(p for p in patterns if p.two_theta.size == len(other.x))
    np.testing.assert_allclose(pattern.two_theta, other.x, atol=2e-3)
    np.testing.assert_allclose(pattern.intensity, other.y, rtol=1e-4)


def test_two_formats_of_one_measurement_agree(vendor_files):
    raw = read_pattern(vendor_files / "bruker_raw3/BT86.raw")
    uxd = read_pattern(vendor_files / "uxd/BT86_.UXD")
    np.testing.assert_allclose(raw.two_theta, uxd.two_theta, atol=5.1e-3)
    np.testing.assert_array_equal(raw.intensity, uxd.intensity)
    raw = read_pattern(vendor_files / "bruker_raw4/bruker.raw")
    json = read_pattern(vendor_files / "json_opxrd/aimat.json")
    np.testing.assert_allclose(raw.two_theta, json.two_theta, atol=1e-6)
    np.testing.assert_array_equal(raw.intensity, json.intensity)


def test_the_minima_and_maxima_that_the_stoe_file_states(vendor_files):
    pattern = read_pattern(vendor_files / "stoe_raw/stoe.raw")
    assert (pattern.intensity.min(), pattern.intensity.max()) == (1129, 5824)


def test_a_picked_scan(vendor_files):
    path = vendor_files / "bruker_raw3/Keokuk_kaolinite.RAW"
    assert read_pattern(path, scan=1).ranges == ((80.0, 150.0),)
