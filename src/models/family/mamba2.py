"""Mamba-2 in its chunked matrix form (Dao and Gu 2024, section 6), with plain products only."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import world  # noqa: F401
from network import Layer, Network, Shape

CHUNK = 64


@dataclass(frozen=True)
class HybridShape(Shape):
    layers: int = 4
    hidden: int = 384
    attentions: tuple[int, ...] = (1, 3)  # places of the layers that attend; the others have a Mamba-2 mixer
    heads: int = 8  # of the mixer
    head_width: int = 64
    states: int = 64
    tap_count: int = 4

    @property
    def inner(self) -> int:
        return self.heads * self.head_width


def before(decays: Tensor) -> Tensor:
    """decays: [..., length], logarithms. [..., i, j] is what is left at i of what came at j: exp(decays[j+1] + ... + decays[i])."""
    sums = decays.cumsum(-1)
    length = sums.shape[-1]
    later = torch.ones(length, length, dtype=torch.bool).triu(1)
    return (sums[..., :, None] - sums[..., None, :]).masked_fill(later, float("-inf")).exp()


def scan(x: Tensor, decays: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """state = exp(decay) state + b x^T, y = c state, in every head; x: [batch, length, heads, width], already times its step width;
    decays: [batch, length, heads]; b, c: [batch, length, states]; length: a multiple of the chunk."""
    batch, length, heads, width = x.shape
    chunks = length // CHUNK
    x = x.view(batch, chunks, CHUNK, heads, width).transpose(2, 3)  # [batch, chunks, heads, CHUNK, width]
    b, c = b.view(batch, chunks, 1, CHUNK, -1), c.view(batch, chunks, 1, CHUNK, -1)
    decays = decays.view(batch, chunks, CHUNK, heads).transpose(2, 3)
    sums = decays.cumsum(-1)
    inside = ((c @ b.mT) * before(decays)).to(x.dtype) @ x
    added = (x * (sums[..., -1:] - sums).exp()[..., None].to(x.dtype)).mT @ b  # [batch, chunks, heads, width, states]
    carried = F.pad(before(sums[..., -1].transpose(1, 2)), (0, 0, 1, 0))[..., :-1, :]  # what the chunks before left at each start
    starts = (carried.to(x.dtype) @ added.transpose(1, 2).flatten(3)).view(batch, heads, chunks, width, -1).transpose(1, 2)
    y = inside + (c @ starts.mT) * sums.exp()[..., None].to(x.dtype)
    return y.transpose(2, 3).reshape(batch, length, heads, width)


class MambaLayer(Layer):
    """The layer of the llama with a Mamba-2 mixer in place of attention; one group, D per head, gated norm over all channels."""

    def __init__(self, shape: HybridShape):
        super().__init__(shape)
        del self.qkv, self.attention_out
        mixed = shape.inner + 2 * shape.states
        self.mixer_in = nn.Parameter(torch.empty(shape.inner + mixed + shape.heads, shape.width))
        self.taps = nn.Parameter(torch.empty(mixed, shape.tap_count))
        self.tap_bias = nn.Parameter(torch.zeros(mixed))
        self.step_bias = nn.Parameter(torch.zeros(shape.heads))
        self.rate_log = nn.Parameter(torch.zeros(shape.heads))
        self.skip = nn.Parameter(torch.ones(shape.heads))
        self.mixer_norm = nn.Parameter(torch.ones(shape.inner))
        self.mixer_out = nn.Parameter(torch.empty(shape.width, shape.inner))

    @torch.no_grad()
    def reset(self) -> None:
        """What Mamba-2 starts with: memories of 10 to 1,000 tokens over the heads."""
        self.taps.uniform_(-0.5, 0.5)
        steps = torch.logspace(-3, -1, self.shape.heads)
        self.step_bias.copy_(steps + torch.log(-torch.expm1(-steps)))  # the inverse of softplus

    def attend(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        s = self.shape
        length = x.shape[1]
        x = F.pad(x, (0, 0, 0, -length % CHUNK))
        gate, mixed, steps = F.linear(x, self.mixer_in).split([s.inner, s.inner + 2 * s.states, s.heads], dim=-1)
        past = F.pad(mixed, (0, 0, s.tap_count - 1, 0))
        mixed = sum(past[:, i:i + x.shape[1]] * self.taps[:, i].to(mixed.dtype) for i in range(s.tap_count))
        x, b, c = F.silu(mixed + self.tap_bias.to(mixed.dtype)).split([s.inner, s.states, s.states], dim=-1)
        steps = F.softplus(steps.float() + self.step_bias)
        x = x.unflatten(-1, (s.heads, s.head_width))
        y = scan(x * steps[..., None].to(x.dtype), -steps * self.rate_log.exp(), b, c) + x * self.skip[:, None].to(x.dtype)
        y = y.flatten(2).float() * F.silu(gate.float())
        return F.linear(F.rms_norm(y, (s.inner,), self.mixer_norm, s.norm_epsilon), self.mixer_out)[:, :length]


class HybridNetwork(Network):
    def __init__(self, shape: HybridShape):
        super().__init__(shape)
        for layer in self.layers:
            if isinstance(layer, MambaLayer):
                layer.reset()

    def layer(self, index: int) -> Layer:
        return Layer(self.shape) if index in self.shape.attentions else MambaLayer(self.shape)
