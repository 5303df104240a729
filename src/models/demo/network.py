"""The llama architecture, written for fast training on a CPU; weights go to and from the Hugging Face names in export.py."""

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class Shape:
    layers: int = 8
    width: int = 256
    query_heads: int = 4
    kv_heads: int = 2
    head: int = 64
    hidden: int = 768
    vocabulary: int = 2048
    context: int = 2048
    rope_theta: float = 500000.0
    norm_epsilon: float = 1e-5


def rotary_table(shape: Shape, positions: int | Tensor) -> tuple[Tensor, Tensor]:
    """cos, sin: fp32 [length, head], halves repeated as in the Hugging Face reader; a number means positions 0, 1, ..."""
    positions = torch.arange(positions) if isinstance(positions, int) else positions
    frequencies = shape.rope_theta ** (-torch.arange(0, shape.head, 2).float() / shape.head)
    angles = torch.outer(positions.float(), frequencies).repeat(1, 2)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """x: [batch, heads, length, head]"""
    left, right = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-right, left), dim=-1) * sin


def causal_attention(q: Tensor, k: Tensor, v: Tensor, block: int = 256) -> Tensor:
    """q, k, v: [batch, heads, length, head]. Plain products by blocks of queries: the CPU's fused backward pass is far slower."""
    length = q.shape[-2]
    q = q * q.shape[-1] ** -0.5
    mixed = []
    for start in range(0, length, block):
        end = min(start + block, length)
        scores = q[:, :, start:end] @ k[:, :, :end].mT
        future = torch.ones(end - start, end, dtype=torch.bool).triu(start + 1)
        mixed.append(scores.float().masked_fill(future, float("-inf")).softmax(-1).to(v.dtype) @ v[:, :, :end])
    return torch.cat(mixed, dim=2)


class Layer(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.query_width = shape.query_heads * shape.head
        self.kv_width = shape.kv_heads * shape.head
        self.attention_norm = nn.Parameter(torch.ones(shape.width))
        self.qkv = nn.Parameter(torch.empty(self.query_width + 2 * self.kv_width, shape.width))
        self.attention_out = nn.Parameter(torch.empty(shape.width, self.query_width))
        self.mlp_norm = nn.Parameter(torch.ones(shape.width))
        self.gate_up = nn.Parameter(torch.empty(2 * shape.hidden, shape.width))
        self.mlp_out = nn.Parameter(torch.empty(shape.width, shape.hidden))

    def attend(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        batch, length, _ = x.shape
        s = self.shape
        q, k, v = F.linear(x, self.qkv).split([self.query_width, self.kv_width, self.kv_width], dim=-1)
        q = rotate(q.view(batch, length, s.query_heads, s.head).transpose(1, 2), cos, sin)
        k = rotate(k.view(batch, length, s.kv_heads, s.head).transpose(1, 2), cos, sin)
        v = v.view(batch, length, s.kv_heads, s.head).transpose(1, 2)
        groups = s.query_heads // s.kv_heads
        k, v = k.repeat_interleave(groups, dim=1), v.repeat_interleave(groups, dim=1)
        mixed = causal_attention(q, k, v)
        return F.linear(mixed.transpose(1, 2).reshape(batch, length, self.query_width), self.attention_out)

    def feed(self, x: Tensor) -> Tensor:
        gate, up = F.linear(x, self.gate_up).chunk(2, dim=-1)
        return F.linear(F.silu(gate) * up, self.mlp_out)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        epsilon = self.shape.norm_epsilon
        x = x + self.attend(F.rms_norm(x, (x.shape[-1],), self.attention_norm, epsilon), cos, sin)
        return x + self.feed(F.rms_norm(x, (x.shape[-1],), self.mlp_norm, epsilon))


class Network(nn.Module):
    """ids [batch, length] -> logits [batch, length, vocabulary]"""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.embedding = nn.Parameter(torch.empty(shape.vocabulary, shape.width))
        self.layers = nn.ModuleList(self.layer(i) for i in range(shape.layers))
        self.final_norm = nn.Parameter(torch.ones(shape.width))
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2:
                out = name.endswith("_out")
                nn.init.normal_(parameter, std=0.02 / (2 * shape.layers) ** 0.5 if out else 0.02 if name == "embedding" else 0.04)

    def layer(self, index: int) -> Layer:
        """A new layer for that place; other architectures have other layers."""
        return Layer(self.shape)

    def before_step(self) -> None:
        """Called before each step of training: nothing to prepare here."""

    def extra_loss(self) -> Tensor | float:
        """What a step of training adds to the loss of the tokens: nothing here."""
        return 0.0

    def hidden(self, ids: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """[batch, length, width]: what the head reads, already normed."""
        x = F.embedding(ids, self.embedding)
        for layer in self.layers:
            x = layer(x, cos, sin)
        return F.rms_norm(x, (x.shape[-1],), self.final_norm, self.shape.norm_epsilon)

    def forward(self, ids: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        return F.linear(self.hidden(ids, cos, sin), self.embedding)


def grown(network: Network, layers: int) -> Network:
    """The same function with more layers: the new ones stand evenly between the old ones and add nothing until trained."""
    larger = Network(replace(network.shape, layers=layers))
    old = len(network.layers)
    with torch.no_grad():
        larger.embedding.copy_(network.embedding)
        larger.final_norm.copy_(network.final_norm)
        for layer in larger.layers:
            layer.attention_out.zero_()
            layer.mlp_out.zero_()
        for i, layer in enumerate(network.layers):
            larger.layers[i * layers // old].load_state_dict(layer.state_dict())
    return larger
