from xrpdsim.evaluation.benchmark._time_left import TimeLeft

TO_DO = [(method, fold) for fold in range(3) for method in ("naive", "net", "other")]


def test_a_method_not_seen_yet_is_taken_for_the_slowest():
    left = TimeLeft(TO_DO, n_jobs=1)
    left.done("naive", None)
    assert str(left) == "time left not known"
    left.done("net", 3600.0)
    left.done("naive", 60.0)
    # one of naive, two of net, three of the other
    assert str(left) == "5:01:00 left"


def test_folds_side_by_side():
    left = TimeLeft(TO_DO, n_jobs=2)
    for method, _ in TO_DO[:3]:
        left.done(method, 10.0)
    assert str(left) == "0:30 left"
