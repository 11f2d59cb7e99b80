"""One small pattern, written in every format by encoders of our own."""

import io
import json
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

START, STEP, N_POINTS = 5.0, 0.05, 61
TWO_THETA = START + STEP * np.arange(N_POINTS)
COUNTS = np.round(200 + 150 * np.sin(np.arange(N_POINTS) / 7) ** 2).astype(int)
WAVELENGTH = 1.5406
VENDOR_FILES = Path(__file__).parents[2] / "../shared/data/vendor_files"


def xy() -> bytes:
    rows = (f"{x:.4f} {y}\n" for x, y in zip(TWO_THETA, COUNTS, strict=True))
    return ("# wavelength: 1.5406 A\n# 2theta counts\n" + "".join(rows)).encode()


def xrdml(axis="Gonio", data="counts", extra="", positions=None) -> bytes:
    positions = positions or (
        f"<startPosition>{TWO_THETA[0]}</startPosition><endPosition>{TWO_THETA[-1]}</endPosition>"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/2.1" status="Completed">'
        "<sample><id>S-1</id><name>paracetamol</name></sample><xrdMeasurement>"
        '<usedWavelength intended="K-Alpha"><kAlpha1 unit="Angstrom">1.5406</kAlpha1>'
        '<kAlpha2 unit="Angstrom">1.5444</kAlpha2><kBeta unit="Angstrom">1.39225</kBeta>'
        f'</usedWavelength><scan scanAxis="{axis}" status="Completed"><header><startTimeStamp>'
        "2024-11-14T14:54:56-08:00</startTimeStamp></header><dataPoints>"
        f'<positions axis="2Theta" unit="deg">{positions}</positions>{extra}'
        '<commonCountingTime unit="seconds">2.5</commonCountingTime>'
        f'<{data} unit="counts">{" ".join(map(str, COUNTS))}</{data}>'
        "</dataPoints></scan></xrdMeasurement></xrdMeasurements>"
    ).encode()


def raw1(ranges=((START, COUNTS),)) -> bytes:
    content = b""
    for left, (start, counts) in zip(range(len(ranges) - 1, -1, -1), ranges, strict=True):
        head = b"RAW " + struct.pack("<IffIIffff", len(counts), 2.0, STEP, 0, 0, start, 0, 0, 0)
        head += b"SAMPLE".ljust(32) + struct.pack("<ff", WAVELENGTH, 1.5444) + bytes(72)
        content += head + struct.pack("<I", left) + np.asarray(counts, "<f4").tobytes()
    return content


def raw2() -> bytes:
    head = b"RAW2" + struct.pack("<H", 1) + bytes(2) + b"SAMPLE".ljust(160)
    head += b"19-12-1997" + b"21:57     " + b"Cu" + struct.pack("<ff", WAVELENGTH, 1.5444)
    block = struct.pack("<HHIfff", 60, N_POINTS, 0, 2.0, STEP, START).ljust(60, b"\0")
    return head.ljust(256, b"\0") + block + COUNTS.astype("<f4").tobytes()


def raw3_range(start, step, counts, time=2.0, code=0, angles=None) -> bytes:
    head = bytearray(304)
    struct.pack_into("<iidd", head, 0, 304, len(counts), start / 2, start)
    struct.pack_into("<d", head, 176, step)
    struct.pack_into("<fi", head, 192, time, code)
    struct.pack_into("<d", head, 240, WAVELENGTH)
    struct.pack_into("<Iii", head, 248, int(angles is not None), 4 if angles is None else 12, 8)
    counts = np.asarray(counts, "<f4")
    if angles is None:
        return bytes(head) + bytes(8) + counts.tobytes()
    records = np.zeros(len(counts), dtype=[("y", "<f4"), ("x", "<f8")])
    records["y"], records["x"] = counts, angles
    return bytes(head) + bytes(8) + records.tobytes()


def raw3(*ranges: bytes) -> bytes:
    ranges = ranges or (raw3_range(START, STEP, COUNTS),)
    head = bytearray(712)
    struct.pack_into("<8sii", head, 0, b"RAW1.01", 1, len(ranges))
    struct.pack_into("<10s10s", head, 16, b"03/04/10", b"20:59:14")
    struct.pack_into("<60s", head, 326, b"SAMPLE")
    struct.pack_into("<4s", head, 608, b"Cu")
    struct.pack_into("<5d", head, 616, 1.5418, WAVELENGTH, 1.5444, 1.39222, 0.5)
    return bytes(head) + b"".join(ranges)


def raw4(scan_type=b"Locked Coupled", size=4) -> bytes:
    head = b"RAW4.00".ljust(12, b"\0") + b"08/30/2021".ljust(12, b"\0") + b"20:35:58".ljust(10)
    content = head.ljust(61, b"\0")
    content += struct.pack("<III24s", 10, 42, 0, b"SAMPLEID") + b"SAMPLE"
    source = bytearray(136)
    struct.pack_into("<II", source, 0, 30, 136)
    struct.pack_into("<5d", source, 72, 1.5418, WAVELENGTH, 1.5444, 1.39222, 0.5)
    struct.pack_into("<4s", source, 116, b"Cu")
    scan = bytearray(160)
    struct.pack_into("<24s", scan, 32, scan_type)
    struct.pack_into("<ddIf", scan, 72, START, STEP, N_POINTS, 288.0)
    struct.pack_into("<d", scan, 112, 1.5418)
    struct.pack_into("<II", scan, 136, size, 16)
    records = np.zeros((N_POINTS, size // 4), "<f4")
    records[:, 0] = COUNTS
    return content + bytes(source) + bytes(scan) + bytes(16) + records.tobytes()


def stoe() -> bytes:
    head = bytearray(512)
    struct.pack_into("<8s8s16s80s", head, 0, b"RAW_1.06", b"Powdat", b"22-Sep-20 17:18", b"SAMPLE")
    struct.pack_into("<3f", head, 322, WAVELENGTH, 1.5444, 0.0)
    struct.pack_into("<h", head, 358, 1)
    struct.pack_into("<i", head, 466, N_POINTS + 1)
    struct.pack_into("<8h8h", head, 480, 2, *[0] * 7, 1, *[0] * 7)
    block = bytearray(512)
    struct.pack_into("<hHhh", block, 32, 0, N_POINTS, 0, 0)
    struct.pack_into(
        "<8f", block, 40, 0.0, START, START / 2, TWO_THETA[-1], 0.0, STEP, STEP / 2, 352.0
    )
    struct.pack_into("<ii", block, 120, COUNTS.min(), COUNTS.max())
    return bytes(head + block) + COUNTS.astype("<i4").tobytes().ljust(512, b"\0")


def archive(members: dict[str, str | bytes], method=zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as out:
        for name, member in members.items():
            out.writestr(name, member)
    return file.getvalue()


def brml(axes=("TwoTheta", "Theta"), n_declared=N_POINTS) -> bytes:
    data = "".join(
        f"<Datum>2.5,1,{x:.4f},{x / 2:.4f},{y}</Datum>"
        for x, y in zip(TWO_THETA, COUNTS, strict=True)
    )
    fields = "".join(f'<FieldDefinitions FieldName="{a}" AxisId="{a}"/>' for a in axes)
    document = (
        '<?xml version="1.0"?><RawData><TimeStampStarted>2025-02-26</TimeStampStarted><DataRoutes>'
        '<DataRoute RouteFlag="Measured"><ScanInformation VisibleName="Coupled TwoTheta/Theta">'
        f"<MeasurementPoints>{n_declared}</MeasurementPoints><TimePerStep>2.5</TimePerStep>"
        f"</ScanInformation>{data}<DataViews>"
        '<RawDataView Start="0" Length="1" LogicName="MeasuredTime"/>'
        '<RawDataView Start="1" Length="1" LogicName="AbsorptionFactor"/>'
        f'<RawDataView Start="2" Length="2"><Varying LogicName="ScanAxes">{fields}</Varying>'
        '</RawDataView><RawDataView Start="4" Length="1"><Recording><Unit Base="Counts"/>'
        "</Recording></RawDataView></DataViews></DataRoute></DataRoutes>"
        '<InfoItem Name="SampleName" Value="SAMPLE"/><WaveLengthAlpha1 Value="1.5406"/>'
        '<WaveLengthAlpha2 Value="1.5444"/></RawData>'
    )
    return archive({"Experiment0/RawData0.xml": document, "Experiment0/Other.xml": "<x/>"})


def ras(axis="TwoThetaTheta", n_declared=N_POINTS) -> bytes:
    rows = "".join(f"{x:.4f} {y / 2:.4f} 2.0\r\n" for x, y in zip(TWO_THETA, COUNTS, strict=True))
    return (
        '*RAS_DATA_START\r\n*RAS_HEADER_START\r\n*FILE_SAMPLE "SAMPLE"\r\n'
        '*HW_XG_WAVE_LENGTH_ALPHA1 "1.540600"\r\n*HW_XG_WAVE_LENGTH_ALPHA2 "1.544400"\r\n'
        '*HW_XG_WAVE_LENGTH_BETA "1.392"\r\n'
        f'*MEAS_COND_XG_WAVE_TYPE "Ka"\r\n*MEAS_DATA_COUNT "{n_declared}"\r\n'
        f'*MEAS_SCAN_AXIS_X_INTERNAL "{axis}"\r\n*RAS_HEADER_END\r\n*RAS_INT_START\r\n'
        f"{rows}*RAS_INT_END\r\n*RAS_DATA_END\r\n"
    ).encode()


def rasx(axis="TwoTheta") -> bytes:
    rows = "".join(f"{x:.4f}\t{y}\t1\r\n" for x, y in zip(TWO_THETA, COUNTS, strict=True))
    conditions = (
        "<MeasurementConditions><GeneralInformation><SampleName>SAMPLE</SampleName>"
        "</GeneralInformation><WaveType>Ka1</WaveType><WavelengthKalpha1>1.5406"
        f"</WavelengthKalpha1><WavelengthKalpha2>1.5444</WavelengthKalpha2><ScanInformation><AxisName>{axis}</AxisName></ScanInformation>"
        "</MeasurementConditions>"
    )
    return archive(
        {
            "Data0/Profile0.txt": b"\xef\xbb\xbf" + rows.encode(),
            "Data0/MesurementConditions0.xml": conditions,
        }
    )


def old_rigaku() -> bytes:
    rows = ", ".join(map(str, COUNTS))
    return (
        "*TYPE = Raw\n*WAVE_LENGTH1 = 1.5406\n*WAVE_LENGTH2 = 1.5444\n*GROUP_COUNT = 1\n"
        "*BEGIN\n*GROUP = 0\n"
        f"*SCAN_AXIS = 2theta/theta\n*START = {START}\n*STOP = {TWO_THETA[-1]}\n*STEP = {STEP}\n"
        f"*COUNT = {N_POINTS}\n{rows}\n*END\n*EOF\n"
    ).encode()


def uxd(kind="_COUNTS", drive="COUPLED") -> bytes:
    counts = "\n".join(" ".join(map(str, COUNTS[k : k + 8])) for k in range(0, N_POINTS, 8))
    if kind == "_2THETACOUNTS":
        counts = "\n".join(f"{x:.4f} {y}" for x, y in zip(TWO_THETA, COUNTS, strict=True))
    return (
        f"; comment\n_FILEVERSION=2\n_SAMPLE='SAMPLE'\n_WL1=1.540600\n_WL2=1.544400\n"
        f"_DRIVE='{drive}'\n_STEPTIME=2.0\n_STEPSIZE={STEP}\n_STEPCOUNT={N_POINTS}\n_START={START}\n{kind}\n{counts}\n"
    ).encode()


def udf() -> bytes:
    counts = ",\n".join(", ".join(map(str, COUNTS[k : k + 8])) for k in range(0, N_POINTS, 8))
    return (
        "SampleIdent,SAMPLE ,/\nLabdaAlpha1, 1.5406,/\nLabdaAlpha2, 1.5444,/\n"
        f"DataAngleRange, {START}, {TWO_THETA[-1]:.4f},/\nScanStepSize, {STEP},/\nRawScan\n"
        f"{counts}\n/\n"
    ).encode()


def cpi() -> bytes:
    counts = "\n".join(map(str, COUNTS))
    return (
        f"SIETRONICS XRD SCAN\n{START}\n{TWO_THETA[-1]:.2f}\n{STEP}\nCu\n1,5406\n11/10/2012\n2,0\n"
        f"SAMPLE\nSCANDATA\n{counts}\n"
    ).encode()


def gsas(form="STD") -> bytes:
    widths = {"STD": 10, "ESD": 5, "FXYE": 1}
    point = {
        "STD": lambda x, y: f"  {y:6d}",
        "ESD": lambda x, y: f"{y:8.1f}{y**0.5:8.1f}",
        "FXYE": lambda x, y: f"{100 * x:12.4f} {y:12.3f} {y**0.5:8.2f}",
    }[form]
    points = [point(x, y) for x, y in zip(TWO_THETA, COUNTS, strict=True)]
    lines = ["".join(points[k : k + widths[form]]) for k in range(0, N_POINTS, widths[form])]
    head = f"BANK 1 {N_POINTS} {len(lines)} CONST {100 * START} {100 * STEP} 0 0 {form}"
    return "\n".join(["SAMPLE", "# wavelength = 1.5406", head, *lines, ""]).encode()


def pdcif() -> bytes:
    rows = "\n".join(f"{y}({y**0.5:.0f})" for y in COUNTS)
    return (
        "data_sample\n_pd_phase_name SAMPLE\nloop_\n_diffrn_radiation_wavelength\n"
        "_diffrn_radiation_wavelength_wt\n1.5406 1.0\n1.5444 0.5\n"
        f"_pd_meas_number_of_points {N_POINTS}\n_pd_meas_2theta_range_min {START}\n"
        f"_pd_meas_2theta_range_max {TWO_THETA[-1]:.4f}\n_pd_meas_2theta_range_inc {STEP}\n"
        f"loop_\n_pd_meas_counts_total\n{rows}\n"
    ).encode()


def opxrd() -> bytes:
    label = {"xray_info": json.dumps({"primary_wavelength": "1.5406"}), "is_simulated": False}
    return json.dumps(
        {
            "two_theta_values": TWO_THETA.round(4).tolist(),
            "intensities": COUNTS.tolist(),
            "label": json.dumps(label),
            "metadata": json.dumps({"filename": "a.raw"}),
        }
    ).encode()


def chi(axis="2-Theta Angle (Degrees)") -> bytes:
    rows = "\n".join(f"  {x:.6E}  {y:.6E}" for x, y in zip(TWO_THETA, COUNTS, strict=True))
    return f"sample.tif\n{axis}\nIntensity\n {N_POINTS}\n{rows}\n".encode()


def plain_counts() -> bytes:
    rows = "\n".join(" ".join(map(str, COUNTS[k : k + 8])) for k in range(0, N_POINTS, 8))
    return f"{START} {STEP} {TWO_THETA[-1]:.2f} SAMPLE\n{rows}\n".encode()


def jcamp(x_units="2-THETA (DEG)", n_declared=N_POINTS) -> bytes:
    rows = "\n".join(
        f"{TWO_THETA[k]:.2f} {' '.join(map(str, COUNTS[k : k + 8]))}" for k in range(0, N_POINTS, 8)
    )
    return (
        "##TITLE= SAMPLE\n##JCAMP-DX= 4.24\n##DATA TYPE= X-RAY DIFFRACTION\n"
        f"##$WAVELENGTH= 1.5406\n##XUNITS= {x_units}\n##YUNITS= COUNTS\n##XFACTOR= 1\n"
        f"##YFACTOR= 1\n##FIRSTX= {START}\n##LASTX= {TWO_THETA[-1]:.2f}\n"
        f"##NPOINTS= {n_declared}\n##XYDATA= (X++(Y..Y))\n{rows}\n##END=\n"
    ).encode()


ENCODERS = {
    "xy": xy, "xrdml": xrdml, "raw1": raw1, "raw2": raw2, "raw3": raw3, "raw4": raw4, "stoe": stoe,
    "brml": brml, "ras": ras, "rasx": rasx, "old_rigaku": old_rigaku, "uxd": uxd, "udf": udf,
    "cpi": cpi, "gsas": gsas, "pdcif": pdcif, "opxrd": opxrd, "chi": chi,
    "plain counts": plain_counts, "jcamp": jcamp,
}  # fmt: skip


@pytest.fixture(params=list(ENCODERS))
def format_name(request):
    return request.param


@pytest.fixture(scope="session")
def encode():
    """The encoders by name; also `raw3_range` and `archive`."""
    return {**ENCODERS, "raw3_range": raw3_range, "archive": archive}


@pytest.fixture(scope="session")
def expected():
    """2theta and counts that every encoder writes."""
    return TWO_THETA, COUNTS.astype(float)


@pytest.fixture
def read(tmp_path):
    """Write bytes to a file of a name without ending, and read it."""
    from xrpdsim.io import read_pattern

    def write_and_read(content, **options):
        path = tmp_path / "pattern"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_pattern(path, **options)

    return write_and_read


@pytest.fixture(scope="session")
def vendor_files():
    if not VENDOR_FILES.is_dir():
        pytest.skip("the files of instrument makers are not here")
    return VENDOR_FILES
