"""Mixture of experts in mixtral's layout: the two experts of the largest router scores, weighted by the softmax of those scores."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import world  # noqa: F401
from network import Layer, Network, Shape

BALANCE = 0.01  # weight of the loss that spreads the tokens over the experts (Fedus et al. 2021, "Switch Transformers")


@dataclass(frozen=True)
class MoeShape(Shape):
    """hidden counts the rows of all experts together; expert e has rows e * share to (e + 1) * share."""

    layers: int = 4
    hidden: int = 512
    experts: int = 8
    chosen: int = 2

    @property
    def share(self) -> int:
        return self.hidden // self.experts


class MoeLayer(Layer):
    """All experts are computed as one MLP whose rows are weighted: for experts this small that beats gathering their tokens."""

    def __init__(self, shape: MoeShape):
        super().__init__(shape)
        self.router = nn.Parameter(torch.empty(shape.experts, shape.width))
        self.balance: Tensor | float = 0.0

    def feed(self, x: Tensor) -> Tensor:
        s = self.shape
        scores = F.linear(x, self.router).float()
        best = scores.topk(s.chosen, dim=-1).values
        chosen = scores >= best[..., -1:]
        weights = scores.masked_fill(~chosen, float("-inf")).softmax(-1)
        load, wish = chosen.float().mean((0, 1)) / s.chosen, scores.softmax(-1).mean((0, 1))
        self.balance = s.experts * (load * wish).sum()
        gate, up = F.linear(x, self.gate_up).chunk(2, dim=-1)
        rows = F.silu(gate) * up * weights.to(gate.dtype).repeat_interleave(s.share, dim=-1)
        return F.linear(rows, self.mlp_out)


class MoeNetwork(Network):
    def layer(self, index: int) -> MoeLayer:
        return MoeLayer(self.shape)

    def extra_loss(self) -> Tensor:
        return BALANCE * sum(layer.balance for layer in self.layers)
