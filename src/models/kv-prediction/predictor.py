"""From the auxiliary's keys and values to the base's: one linear map with bias for each, token by token."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import world  # noqa: F401
from network import Network

Captured = list[tuple[Tensor, Tensor]]
"""Per layer the keys before rotary and the values, heads merged: [rows, length, kv heads x head]"""


@dataclass(frozen=True)
class Sizes:
    """How the pair fits together. The auxiliary starts as these layers of the base; reads[i] is the auxiliary layer that layer i reads."""

    name: str
    taken: tuple[int, ...]
    reads: tuple[int, ...]


SIZES = {sizes.name: sizes for sizes in [
    Sizes("lp-0.5", (0, 1, 2, 3), (0, 1, 2, 3, 3, 3, 3, 3)),
    Sizes("lp-0.5-spread", (0, 2, 4, 6), (0, 0, 1, 1, 2, 2, 3, 3)),
    Sizes("lp-0.25", (0, 1), (0, 1, 1, 1, 1, 1, 1, 1)),
]}


def captured(network: Network, x: Tensor, cos: Tensor, sin: Tensor, whole: bool = False) -> tuple[Captured, Tensor]:
    """Keys and values of every layer from the embedded tokens x, and what the last layer read; `whole`: what it wrote.

    Nothing behind the last projection runs unless `whole`, so a pass that only captures costs one layer less.
    """
    found = []
    for i, layer in enumerate(network.layers):
        normed = F.rms_norm(x, (x.shape[-1],), layer.attention_norm, layer.shape.norm_epsilon)
        keys, values = F.linear(normed, layer.qkv[layer.query_width:]).split(layer.kv_width, dim=-1)
        found.append((keys, values))
        if whole or i + 1 < len(network.layers):
            x = layer(x, cos, sin)
    return found, x


class Predictor(nn.Module):
    """The maps; those between equal layers may start as the identity, others are fitted (ridge.py)."""

    def __init__(self, reads: tuple[int, ...], inputs: int, outputs: int):
        super().__init__()
        self.reads = reads
        self.keys = nn.ModuleList(nn.Linear(inputs, outputs) for _ in reads)
        self.values = nn.ModuleList(nn.Linear(inputs, outputs) for _ in reads)

    def forward(self, auxiliary: Captured) -> Captured:
        return [(keys(auxiliary[j][0]), values(auxiliary[j][1])) for j, keys, values in zip(self.reads, self.keys, self.values)]


def distance(predicted: Captured, true: Captured) -> Tensor:
    """The mean over layers of the L1 distance, in parts of the mean size of what is predicted."""
    parts = [(p.float() - t.float()).abs().mean() / t.float().abs().mean()
             for predicted_pair, true_pair in zip(predicted, true) for p, t in zip(predicted_pair, true_pair)]
    return torch.stack(parts).mean()
