"""Archives and XML that are made to do harm."""

import tracemalloc
import zipfile

import pytest

from xrpdsim.io import PatternFileError, _markup

LAUGHS = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "head",
    [
        f"<!DOCTYPE xrdMeasurements [{LAUGHS}]>",
        '<!DOCTYPE xrdMeasurements [<!ENTITY i SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE xrdMeasurements SYSTEM "http://localhost/x.dtd">',
    ],
)
def test_no_document_types_and_so_no_entities(head, encode, read):
    content = encode["xrdml"]().decode()
    declaration, rest = content.split("\n", 1)
    hostile = f"{declaration}{head}{rest.replace('paracetamol', '&i;')}"
    with pytest.raises(PatternFileError, match="document type"):
        read(hostile)


def test_entities_are_refused_in_utf_16_too(encode, read):
    content = encode["xrdml"]().decode().replace("UTF-8", "UTF-16")
    assert read(content.encode("utf-16")).sample == "paracetamol"
    hostile = content.replace("\n", f"<!DOCTYPE xrdMeasurements [{LAUGHS}]>", 1)
    with pytest.raises(PatternFileError, match="document type"):
        read(hostile.encode("utf-16"))


def test_deep_and_wide_xml(read, monkeypatch):
    with pytest.raises(PatternFileError, match="deeper"):
        read("<xrdMeasurements>" + "<a>" * 100_000)
    monkeypatch.setattr(_markup, "MAX_ELEMENTS", 1000)
    with pytest.raises(PatternFileError, match="more than 1000"):
        read("<xrdMeasurements>" + "<a/>" * 2000 + "</xrdMeasurements>")


def test_a_zip_bomb_stays_small(encode, read):
    bomb = encode["archive"]({"Experiment0/RawData0.xml": bytes(200 * 2**20)})
    assert len(bomb) < 2**20
    tracemalloc.start()
    try:
        with pytest.raises(PatternFileError, match="unpacks to more than"):
            read(bomb)
        assert tracemalloc.get_traced_memory()[1] < 4 * _markup.MAX_UNPACKED
    finally:
        tracemalloc.stop()


def test_many_members_share_one_limit(encode, read, monkeypatch):
    monkeypatch.setattr(_markup, "MAX_UNPACKED", 1000)
    parts = {f"Experiment0/RawData{k}.xml": b" " * 400 for k in range(5)}
    with pytest.raises(PatternFileError, match="unpacks to more than"):
        read(encode["archive"](parts))


def test_methods_that_unpack_all_at_once_are_refused(encode, read):
    bomb = encode["archive"]({"Experiment0/RawData0.xml": b"x"}, method=zipfile.ZIP_BZIP2)
    with pytest.raises(PatternFileError, match="packed in a way"):
        read(bomb)


def test_a_huge_directory_is_not_opened(encode, read, monkeypatch):
    monkeypatch.setattr(_markup, "MAX_DIRECTORY", 10)
    with pytest.raises(PatternFileError, match="zip archive"):
        read(encode["brml"]())


def test_a_wrong_checksum_is_damage(encode, read):
    content = bytearray(encode["archive"](
        {"Experiment0/RawData0.xml": b"<RawData>1234</RawData>"}, method=zipfile.ZIP_STORED
    ))  # fmt: skip
    content[content.index(b"1234")] ^= 1
    with pytest.raises(PatternFileError, match="damaged"):
        read(bytes(content))
