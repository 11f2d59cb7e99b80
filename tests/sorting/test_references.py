import numpy as np
import pytest

from xrpdsim.sorting import ReferenceMatcher


def split(screen, left_out=None, n_references=2):
    form = screen.form.astype(str)
    references = np.concatenate(
        [np.flatnonzero(form == name)[:n_references] for name in np.unique(form)]
    )
    others = np.setdiff1d(np.arange(len(form)), references)
    references = references[form[references] != left_out]
    return references, others, form


def test_known_forms_are_named_and_a_form_left_out_is_new(pure_screen):
    references, others, form = split(pure_screen)
    matcher = ReferenceMatcher().fit(pure_screen.X[references], form[references])
    assert matcher.classes_.tolist() == ["I", "II", "III", "new"]
    assert matcher.score(pure_screen.X[others], form[others]) > 0.9
    references, others, form = split(pure_screen, left_out="II")
    matcher = ReferenceMatcher().fit(pure_screen.X[references], form[references])
    expected = np.where(form[others] == "II", "new", form[others])
    assert matcher.score(pure_screen.X[others], expected) > 0.9


def test_probabilities_follow_from_the_odds_of_the_best_references(pure_screen):
    references, others, form = split(pure_screen)
    matcher = ReferenceMatcher().fit(pure_screen.X[references], form[references])
    X = pure_screen.X[others]
    pairs = matcher.similarity_.pairwise_proba(X, pure_screen.X[references])
    best = np.column_stack(
        [pairs[:, form[references] == name].max(axis=1) for name in matcher.classes_[:-1]]
    ).clip(1e-9, 1 - 1e-9)
    # exactly one form is right, or none: products of "yes" for one and "no" for all others
    weights = np.column_stack(
        [
            *(
                best[:, k] * np.delete(1 - best, k, axis=1).prod(axis=1)
                for k in range(best.shape[1])
            ),
            (1 - best).prod(axis=1),
        ]
    )
    np.testing.assert_allclose(
        matcher.predict_proba(X), weights / weights.sum(axis=1, keepdims=True), atol=1e-9
    )


def test_it_says_which_reference_decided(pure_screen):
    references, _, form = split(pure_screen)
    matcher = ReferenceMatcher().fit(pure_screen.X[references], form[references])
    indices, probability = matcher.nearest_reference(pure_screen.X[references])
    assert indices.tolist() == list(range(len(references)))
    assert (probability > 0.99).all()


def test_a_reference_called_new_is_refused(pure_screen):
    with pytest.raises(ValueError, match="give new_label another value"):
        ReferenceMatcher().fit(pure_screen.X[:2], ["I", "new"])
