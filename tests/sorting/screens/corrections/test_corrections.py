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
        ("a.xy,like,b.xy", "the relation 'like' is none of same, different"),
        ("a.xy,same,a.xy", "paired with itself"),
        ("a.xy,same,", "same as which file"),
        ("a.xy,form,", "the form has no name"),
        ("a.xy,confirmed,", "the group that is confirmed has no name"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, line, message):
    with pytest.raises(ValueError, match=message):
        read_corrections(write(tmp_path / "c.csv", line), FILES)


def test_two_names_for_one_pattern_are_refused(tmp_path):
    path = write(tmp_path / "c.csv", "a.xy,form,I", "a.xy,form,II")
    with pytest.raises(ValueError, match=r"row 3: 'a\.xy' is already form 'I' \(row 2\)"):
        read_corrections(path, FILES)


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("file,other\na.xy,b.xy\n")
    with pytest.raises(ValueError, match="lacks the column relation"):
        read_corrections(path, FILES)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "lacks the columns file, relation"),
        (b'file,relation,other\n"a.xy', "unexpected end"),
        (b"", "lacks"),
    ],
)
def test_what_is_no_table_is_named(tmp_path, content, message):
    path = tmp_path / "c.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"c.csv.*{message}"):
        read_corrections(path, FILES)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            ["a.xy,same,b.xy", "b.xy,form,I", "d.xy,form,I", "c.xy,form,II", "a.xy,different,d.xy"],
            r"row 6 says that 'a\.xy' and 'd\.xy' are different, but rows 2, 3 and 4 make them the "
            "same",
        ),
        (
            ["a.xy,form,I", "b.xy,form,II", "b.xy,same,a.xy"],
            r"rows 2 and 3 say that 'a\.xy' and 'b\.xy' are different, but row 4 makes "
            "them the same",
        ),
        (
            ["a.xy,confirmed,group 1", "b.xy,confirmed,group 2", "a.xy,same,b.xy"],
            r"rows 2 and 3 say .*, but row 4 makes them the same",
        ),
        (
            ["a.xy,amorphous,", "b.xy,same,a.xy"],
            r"row 2 says that 'a\.xy' is amorphous, but row 3 puts it into a group",
        ),
        (
            ["a.xy,form,I", "a.xy,mixture,"],
            r"row 3 says that 'a\.xy' is a mixture, but row 2 puts it into a group",
        ),
        (
            ["a.xy,amorphous,", "a.xy,mixture,"],
            r"row 2 says that 'a\.xy' is amorphous, but row 3 that it is a mixture",
        ),
        (
            ["a.xy,form,I", "a.xy,confirmed,II"],
            r"row 3 confirms 'a\.xy' as 'II', but row 2 calls it 'I'",
        ),
        (
            ["a.xy,form,Form I", "b.xy,form,form I"],
            r"row 3 writes 'form I', but row 2 'Form I', which differs only in case or blanks",
        ),
        (
            ["a.xy,confirmed,FormI", "b.xy,form,Form I"],
            r"row 2 writes 'FormI', but row 3 'Form I', which differs only in case or blanks",
        ),
        (
            ["a.xy,confirmed,group 1", "b.xy,confirmed,Group 1"],
            r"row 3 writes 'Group 1', but row 2 'group 1', which differs only in case or blanks",
        ),
    ],
)
def test_a_contradiction_names_the_files_and_the_rows(tmp_path, lines, message):
    with pytest.raises(ValueError, match=rf"c\.csv: {message}"):
        read_corrections(write(tmp_path / "c.csv", *lines), FILES)


def test_marks_of_single_files(tmp_path):
    path = write(
        tmp_path / "c.csv",
        "a.xy,Amorphous,", "b.xy,mixture,I + II", "c.xy,exclude,slipped", "d.xy,confirmed,group 3",
        "a.xy,different,d.xy",
    )  # fmt: skip
    found = read_corrections(path, FILES)
    assert found.amorphous == (0,)
    assert found.mixtures == {1: "I + II"}
    assert found.excluded == {2: "slipped"}
    assert found.confirmed == {3: "group 3"}
    assert found.forms() == {}


def test_confirmed_groups_stay_together_and_apart(tmp_path):
    path = write(
        tmp_path / "c.csv",
        "a.xy,confirmed,I", "b.xy,confirmed,I", "c.xy,confirmed,group 2", "d.xy,form,I",
    )  # fmt: skip
    found = read_corrections(path, FILES)
    # what was confirmed is no evidence about other pairs: one member is tied to the form
    assert found.same.tolist() == [[1, 3]]
    assert found.different.tolist() == []
    numbers = found.kept_groups(4).tolist()
    assert numbers[0] == numbers[1] != numbers[2] != -1
    assert numbers[3] == -1
    assert found.forms() == {0: "I", 1: "I", 3: "I"}


def test_a_form_names_a_group_that_was_confirmed_by_its_number(tmp_path):
    lines = ["a.xy,confirmed,group 2", "b.xy,confirmed,group 2", "a.xy,form,I", "c.xy,form,II"]
    found = read_corrections(write(tmp_path / "c.csv", *lines), FILES)
    assert found.forms() == {0: "I", 2: "II"}
    assert found.different.tolist() == [[0, 2]]
    assert (found.kept_groups(4) >= 0).tolist() == [True, True, False, False]


def test_what_follows_by_way_of_a_file_that_is_left_out_still_holds(tmp_path):
    lines = ["a.xy,same,b.xy", "b.xy,same,c.xy", "b.xy,different,d.xy", "d.xy,form,II",
             "b.xy,exclude,", "c.xy,form,I"]  # fmt: skip
    found = read_corrections(write(tmp_path / "c.csv", *lines), FILES).without_excluded(4)
    assert found.same.tolist() == [[0, 1]]
    # c and d were said to be two forms, a follows by way of b
    assert {tuple(sorted(pair)) for pair in found.different.tolist()} == {(0, 2), (1, 2)}
    assert found.names == {2: "II", 1: "I"}
    assert found.excluded == {}


def test_groups_that_nobody_touched_are_kept_without_being_evidence(tmp_path):
    path = tmp_path / "c.csv"
    lines = ["a.xy,same,b.xy,as sorted", "d.xy,same,c.xy,as sorted", "a.xy,same,c.xy,AB"]
    path.write_text("\n".join(["file,relation,other,who", *lines]))
    found = read_corrections(path, [*FILES, "e.xy", "f.xy"])
    assert found.same.tolist() == [[0, 2]]
    assert found.tied.tolist() == [[0, 1], [3, 2]]
    numbers = found.kept_groups(6)
    assert len(set(numbers[:4])) == 1
    assert (numbers[4:] == -1).all()
    path.write_text("\n".join(["file,relation,other,who", *lines[:2], "b.xy,exclude,,AB"]))
    found = read_corrections(path, FILES).without_excluded(4)
    assert found.tied.tolist() == [[1, 2]]
    path.write_text("\n".join(["file,relation,other,who", lines[0], "a.xy,different,b.xy,AB"]))
    with pytest.raises(ValueError, match=r"row 3 says .* are different, but row 2 makes them"):
        read_corrections(path, FILES)


DIALECTS = {
    "LibreOffice": b'file,relation,other,who\n"a.xy","same","b.xy","A, B"\nc.xy,exclude,,A\n',
    "Excel, comma": b"\xef\xbb\xbffile,relation,other,when\r\na.xy,same,b.xy,1\r\nc.xy,exclude\r\n",
    "Excel, semicolon": b"file;relation;other\r\na.xy;same;b.xy\r\nc.xy;exclude;\r\n;;\r\n",
    "with sep=": b"sep=;\r\nfile;relation;other\r\na.xy;same;b.xy\r\nc.xy;exclude;\r\n",
    "Unicode text": "file\trelation\tother\r\na.xy\tsame\tb.xy\r\nc.xy\texclude\t\r\n".encode(
        "utf-16"
    ),
    "capitals, other order": b"Relation,Other,File\nsame,b.xy,a.xy\nEXCLUDE,,c.xy\n",
    "without endings": b"file,relation,other\na,same,b\nc,exclude,\n",
    "with folders": b"file,relation,other\nscreen/a.xy,same,screen\\b\n./c.xy,exclude,\n",
}


@pytest.mark.parametrize("content", DIALECTS.values(), ids=DIALECTS)
def test_tables_of_every_spreadsheet(tmp_path, content):
    path = tmp_path / "c.csv"
    path.write_bytes(content)
    found = read_corrections(path, FILES)
    assert found.same.tolist() == [[0, 1]]
    assert found.excluded == {2: ""}


def test_who_said_what_and_when_is_kept(tmp_path):
    path = tmp_path / "corrections.csv"
    path.write_text(
        "file,relation,other,who,when\n"
        "a,same,b.xy,A. Chemist,2026-01-02T03:04:05Z\n"
        "b.xy,form,II,,\n"
        "c.xy,exclude,slipped,B,\n"
    )
    known = read_corrections(path, ["a.xy", "b.xy", "c.xy"])
    assert known.signed == {
        ("a.xy", "same", "b.xy"): ("A. Chemist", "2026-01-02T03:04:05Z"),
        ("c.xy", "exclude", ""): ("B", ""),
    }
    assert known.without_excluded(3).signed == known.signed


def test_headings_in_capitals_are_understood_and_empty_ones_left_out(tmp_path):
    path = tmp_path / "corrections.csv"
    path.write_text("File,Relation,Other,Who,,\na.xy,same,b.xy,as sorted,,\n")
    found = read_corrections(path, FILES)
    assert (found.same.tolist(), found.tied.tolist()) == ([], [[0, 1]])
