"""From settings, patterns and labels to a trained network, by skorch's loop.

What a training is told is `TrainingSettings`. Estimators and files are not known here, and global
random generators are left as they were.
"""

from .collapse import refuse_useless
from .devices import device_if_there, resolve_device, seeded, thread_limit, threads_for
from .fitting import finish, restore, train
from .held_out import (
    draw_validation,
    group_labels,
    groups_to_spare,
    labels_of_groups,
    leaves_both_kinds,
)
from .pattern_weights import checked_weights
from .settings import (
    AUTO,
    FINE_TUNING,
    FROM_SCRATCH,
    IN_FORCE,
    LOSS_CONSTANTS,
    NETWORK,
    TrainingSettings,
    refuse_constants_beside_instance,
    with_loss_by_name,
)
from .skorch_net import EmbeddingNet
from .training_state import TrainingState

__all__ = [
    "TrainingSettings",
    "AUTO",
    "FROM_SCRATCH",
    "FINE_TUNING",
    "NETWORK",
    "LOSS_CONSTANTS",
    "IN_FORCE",
    "with_loss_by_name",
    "refuse_constants_beside_instance",
    "draw_validation",
    "group_labels",
    "groups_to_spare",
    "leaves_both_kinds",
    "labels_of_groups",
    "checked_weights",
    "train",
    "finish",
    "restore",
    "EmbeddingNet",
    "TrainingState",
    "refuse_useless",
    "resolve_device",
    "device_if_there",
    "thread_limit",
    "threads_for",
    "seeded",
]
