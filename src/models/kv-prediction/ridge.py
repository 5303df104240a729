"""Maps in closed form: ridge regression of the base's keys and values on the auxiliary's, over texts of the training world."""

import torch
import torch.nn.functional as F
from torch import Tensor

from pair import Pair
from predictor import captured


class Sums:
    """What the regression of one map needs of all tokens: the products of inputs (with a one for the bias) and outputs."""

    def __init__(self, inputs: int, outputs: int):
        self.squares = torch.zeros(inputs + 1, inputs + 1, dtype=torch.float64)
        self.products = torch.zeros(inputs + 1, outputs, dtype=torch.float64)

    def add(self, x: Tensor, y: Tensor) -> None:
        x = F.pad(x.flatten(0, 1).float(), (0, 1), value=1.0)
        self.squares += (x.T @ x).double()
        self.products += (x.T @ y.flatten(0, 1).float()).double()

    def solve(self, strength: float) -> tuple[Tensor, Tensor]:
        """Weight [outputs, inputs] and bias; strength is in parts of the mean square of an input."""
        penalty = strength * self.squares.diagonal()[:-1].mean() * torch.eye(len(self.squares), dtype=torch.float64)
        penalty[-1, -1] = 0.0
        solution = torch.linalg.solve(self.squares + penalty, self.products).float()
        return solution[:-1].T.contiguous(), solution[-1].contiguous()


@torch.no_grad()
def fit(pair: Pair, batches, rotary, strength: float = 1e-4) -> int:
    """Replaces all maps of the pair; returns the number of tokens read. batches: tensors of ids [rows, length]."""
    maps = [(pair.predictor.keys[i], pair.predictor.values[i]) for i in range(len(pair.sizes.reads))]
    sums = [tuple(Sums(linear.in_features, linear.out_features) for linear in both) for both in maps]
    tokens = 0
    for ids in batches:
        cos, sin = (table[:ids.shape[1]] for table in rotary)
        given, _ = captured(pair.auxiliary, F.embedding(ids, pair.auxiliary.embedding), cos, sin)
        wanted, _ = captured(pair.base, F.embedding(ids, pair.base.embedding), cos, sin)
        for j, both, targets in zip(pair.sizes.reads, sums, wanted):
            for one, x, y in zip(both, given[j], targets):
                one.add(x, y)
        tokens += ids.numel()
    for both, found in zip(maps, sums):
        for linear, one in zip(both, found):
            weight, bias = one.solve(strength)
            linear.weight.copy_(weight), linear.bias.copy_(bias)
    return tokens
