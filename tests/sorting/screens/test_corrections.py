import pytest

from xrpdsim.sorting import read_corrections

FILES = ["a.xy", "b.xy", "c.xy", "d.xy"]


def write(path, *lines):
    path.write_text("\n".join(("file,relation,other", *lines)) + "\n", encoding="utf-8")
    return path


def test_relations_and_names_become_pairs(tmp_path):
    path = write(
        tmp_path / "c.csv",
        "a.xy,Same,b.xy", "c.xy,different,a.xy", "a.xy,form,I", "d.xy,form,II", "b.xy,form,I",
    )  # fmt: skip
    found = read_corrections(path, FILES)
    assert found.same.tolist() == [[0, 1], [0, 1]]
    assert found.different.tolist() == [[2, 0], [0, 3]]
    assert found.names == {0: "I", 3: "II", 1: "I"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("e.xy,same,a.xy", "row 2: the screen has no file 'e.xy'"),
        ("a.xy,same,e.xy", "row 2: the screen has no file 'e.xy'"),
        ("a.xy,like,b.xy", "'like' is not same, different or form"),
        ("a.xy,same,a.xy", "paired with itself"),
        ("a.xy,form,", "the form has no name"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, line, message):
    with pytest.raises(ValueError, match=message):
        read_corrections(write(tmp_path / "c.csv", line), FILES)


def test_two_names_for_one_pattern_are_refused(tmp_path):
    path = write(tmp_path / "c.csv", "a.xy,form,I", "a.xy,form,II")
    with pytest.raises(ValueError, match="already form 'I'"):
        read_corrections(path, FILES)


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("file,other\na.xy,b.xy\n")
    with pytest.raises(ValueError, match="lacks the column relation"):
        read_corrections(path, FILES)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "is not UTF-8"),
        (b'file,relation,other\n"a.xy', "unexpected end"),
        (b"", "lacks"),
    ],
)
def test_what_is_no_table_is_named(tmp_path, content, message):
    path = tmp_path / "c.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"c.csv.*{message}"):
        read_corrections(path, FILES)


def test_a_contradiction_names_the_files(tmp_path):
    path = write(tmp_path / "c.csv", "a.xy,same,b.xy", "b.xy,form,I", "d.xy,form,I",
                 "a.xy,different,d.xy")  # fmt: skip
    with pytest.raises(ValueError, match=r"'a\.xy' and 'd\.xy' are said to be different"):
        read_corrections(path, FILES)
