from xrpdsim.evaluation.benchmark._provenance import differences_between


def test_of_long_values_the_place_is_shown_where_they_differ():
    text = "begins alike, " * 20 + "batch_size=128, " + "goes on, " * 20
    (found,) = differences_between({"row": text}, {"row": text.replace("128", "64")})
    assert "batch_size=128" in found
    assert "batch_size=64" in found
    assert len(found) < 220
    assert list(differences_between({"row": "a"}, {"row": "b"})) == ["row was 'a', is now 'b'"]
