"""The three siblings of the demo model by name, each untrained."""

from typing import Callable

import world  # noqa: F401
from experts import MoeNetwork, MoeShape
from mamba2 import HybridNetwork, HybridShape
from nested import NestedNetwork
from network import Network, Shape

SIBLINGS: dict[str, Callable[[], Network]] = {
    "moe": lambda: MoeNetwork(MoeShape()),
    "hybrid": lambda: HybridNetwork(HybridShape()),
    "nested": lambda: NestedNetwork(Shape(layers=4, hidden=512)),
}
