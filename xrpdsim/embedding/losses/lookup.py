"""The losses by name, and a loss from what an embedder's parameters say."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from functools import partial
from numbers import Real
from typing import Any

from .contrastive import ContrastiveLoss
from .ntxent import NTXentLoss
from .pair_loss import PairLoss
from .siglip import SigLIPLoss

LOSSES: dict[str, type[PairLoss]] = {
    "siglip": SigLIPLoss,
    "ntxent": NTXentLoss,
    "contrastive": ContrastiveLoss,
}
"""A loss of one name more is a file in this package and a line here."""


def look_up_loss(loss: str | type[PairLoss] | PairLoss) -> type[PairLoss] | PairLoss:
    """Return the class of a name; a class or an instance is returned as it is.

    Either has the attributes that say what a loss needs: output, metrics, draws_pairs, constants.

    Raises
    ------
    ValueError
        If there is no loss of that name.
    TypeError
        If it is the class of something else.

    Examples
    --------
    >>> look_up_loss("ntxent").__name__
    'NTXentLoss'
    """
    if isinstance(loss, str):
        if loss not in LOSSES:
            raise ValueError(f"loss={loss!r} is unknown; choose one of {sorted(LOSSES)}")
        return LOSSES[loss]
    if isinstance(loss, PairLoss) or (isinstance(loss, type) and issubclass(loss, PairLoss)):
        return loss
    raise TypeError(
        "loss must be a name, a subclass of xrpdsim.embedding.PairLoss, or an instance of one, got "
        f"{loss!r}"
    )


def name_of_loss(loss: Any) -> Any:
    """Return the name of a class of ours, or of an instance as it builds one; others as they are.

    Examples
    --------
    >>> name_of_loss(SigLIPLoss), name_of_loss(NTXentLoss("cosine"))
    ('siglip', 'ntxent')
    """
    for name, of_name in LOSSES.items():
        # what was frozen in an instance no class builds again
        as_built = type(loss) is of_name and all(p.requires_grad for p in loss.parameters())
        if loss is of_name or as_built:
            return name
    return loss


def constants_of(loss: PairLoss) -> dict[str, float]:
    """Return those constants of an instance that are parameters of the embedder, as named there.

    Examples
    --------
    >>> constants_of(ContrastiveLoss(margin=2.0))
    {'margin': 2.0}
    """
    held = vars(loss) | loss.learnt()
    found = {name: held.get(argument) for argument, name in loss.constants.items()}
    return {name: float(value) for name, value in found.items() if isinstance(value, Real)}


def refuse_arguments(arguments: Mapping[str, Any]) -> None:
    """Raise TypeError if there are arguments for an instance, which is built already."""
    if arguments:
        raise TypeError(
            "loss is an instance that is built already, so it cannot take "
            f"loss_params={dict(arguments)}; give its class instead"
        )


def loss_builder(
    loss: str | type[PairLoss] | PairLoss, metric: str, arguments: Mapping[str, Any]
) -> Callable[[], PairLoss]:
    """Return what builds a loss when it is called.

    Parameters
    ----------
    loss : str, class or instance
        A name or class is called with the metric and the arguments; an instance is copied.
    metric : {"euclidean", "cosine"}
    arguments : mapping
        Keyword arguments of the class.

    Returns
    -------
    callable

    Raises
    ------
    TypeError
        If the class does not take an argument, or there are any for an instance.

    Examples
    --------
    >>> loss_builder("contrastive", "euclidean", {"margin": 4.0})().margin
    4.0
    """
    found = look_up_loss(loss)
    if isinstance(found, PairLoss):
        refuse_arguments(arguments)
        return partial(copy.deepcopy, found)
    accepted = inspect.signature(found).parameters
    takes_any = any(p.kind is p.VAR_KEYWORD for p in accepted.values())
    unknown = [] if takes_any else [name for name in arguments if name not in accepted]
    if unknown:
        raise TypeError(
            f"{found.__name__} does not take {', '.join(unknown)} of loss_params; it takes "
            f"{', '.join(name for name in accepted if name != 'metric') or 'nothing'}"
        )
    return partial(found, metric=metric, **arguments)
