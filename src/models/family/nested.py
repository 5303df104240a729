"""A llama whose MLPs are trained at several widths at once, so that the first rows alone are a model (MatFormer, Devvrit et al. 2023)."""

import random

import torch.nn.functional as F
from torch import Tensor

import world  # noqa: F401
from network import Layer, Network

SHARES = (4, 2, 1)  # a quarter, a half and the whole of the width
ODDS = (3, 3, 4)  # how often a step of training takes each


class NestedLayer(Layer):
    used = 0  # rows of the MLP that count; 0 means all

    def feed(self, x: Tensor) -> Tensor:
        if not self.used:
            return super().feed(x)
        gate, up = self.gate_up[:self.used], self.gate_up[self.shape.hidden:self.shape.hidden + self.used]
        return F.linear(F.silu(F.linear(x, gate)) * F.linear(x, up), self.mlp_out[:, :self.used])


class NestedNetwork(Network):
    def layer(self, index: int) -> NestedLayer:
        return NestedLayer(self.shape)

    def use(self, share: int) -> None:
        for layer in self.layers:
            layer.used = 0 if share == 1 else self.shape.hidden // share

    def before_step(self) -> None:
        self.use(random.choices(SHARES, ODDS)[0])
