from xrpdsim.evaluation.benchmark._time_left import TimeLeft

TO_DO = [(method, fold) for method in ("naive", "other", "net") for fold in range(3)]


def test_every_method_has_its_own():
    left = TimeLeft(TO_DO, n_jobs=1)
    assert str(left) == "not known yet: naive, other, net"
    assert not left.done("naive", None)  # it failed
    assert not left.done("naive", 60.0)
    assert left.done("naive", 60.0)
    assert not left.done("net", 3600.0)
    assert str(left) == "left: net 2:00:00; not known yet: other"


def test_what_is_known_of_one_does_not_move_with_another():
    left = TimeLeft(TO_DO, n_jobs=1)
    left.done("naive", 10.0)
    assert "naive 0:20" in str(left)
    left.done("net", 3600.0)
    assert "naive 0:20" in str(left)


def test_folds_side_by_side():
    left = TimeLeft(TO_DO, n_jobs=2)
    left.done("naive", 10.0)
    assert "naive 0:10;" in str(left)
    # the last fold has only one job
    left.done("naive", 10.0)
    assert "naive 0:10;" in str(left)


def test_the_end():
    left = TimeLeft(TO_DO[:1], n_jobs=2)
    assert left.done("naive", 1.0)
    assert str(left) == "nothing left"
