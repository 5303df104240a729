"""Muon (orthogonalised momentum, Jordan 2024) for the matrices inside the layers, Adam for the rest."""

import torch
from torch import Tensor, nn


def orthogonalised(matrices: Tensor) -> Tensor:
    """matrices: [count, rows, columns]; five Newton-Schulz steps bring all singular values near 1."""
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = (matrices.mT if tall else matrices).bfloat16()
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if tall else x).to(matrices.dtype)


ADAMS = ("embedding", "router", "taps")  # matrices that are tables of vectors rather than maps


def is_map(name: str, parameter: nn.Parameter) -> bool:
    return parameter.ndim == 2 and not name.endswith(ADAMS)


class MuonAdam:
    """One step over both groups; matrices of equal shape are orthogonalised together."""

    def __init__(self, network: nn.Module, momentum: float = 0.95):
        self.momentum = momentum
        by_shape: dict[torch.Size, list[nn.Parameter]] = {}
        for name, parameter in network.named_parameters():
            if is_map(name, parameter):
                # qkv holds three maps, gate_up two: orthogonalising the stack is close enough and cheaper
                by_shape.setdefault(parameter.shape, []).append(parameter)
        self.groups = [(group, torch.zeros(len(group), *shape)) for shape, group in by_shape.items()]
        others = [p for n, p in network.named_parameters() if not is_map(n, p)]
        self.adam = torch.optim.Adam(others, lr=1.0, betas=(0.9, 0.95), eps=1e-10)

    @torch.no_grad()
    def step(self, matrix_rate: float, other_rate: float, decay: float) -> None:
        for group, velocity in self.groups:
            gradient = torch.stack([p.grad for p in group])
            velocity.lerp_(gradient, 1 - self.momentum)
            update = orthogonalised(gradient.lerp(velocity, self.momentum))
            scale = matrix_rate * max(1.0, gradient.shape[-2] / gradient.shape[-1]) ** 0.5
            for p, u in zip(group, update):
                p.mul_(1 - matrix_rate * decay).add_(u, alpha=-scale)
                p.grad = None
        for options in self.adam.param_groups:
            options["lr"] = other_rate
        self.adam.step()
        self.adam.zero_grad(set_to_none=True)

    def state(self) -> dict:
        return {"velocities": [velocity for _, velocity in self.groups], "adam": self.adam.state_dict()}

    def restore(self, state: dict) -> None:
        for (_, velocity), saved in zip(self.groups, state["velocities"]):
            velocity.copy_(saved)
        self.adam.load_state_dict(state["adam"])
