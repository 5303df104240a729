"""A frozen base that reads what a smaller network foretold of its keys and values, exactly as in inference.

Of a prompt t0 ... t(n-1) the auxiliary reads all but the last token, the predictor fills the base's cache for them, and the base itself
reads t(n-1) and the answer. In a row with several answers each of them is a request of its own over the same tokens before it: its span
begins at the last token of its prompt, it reads predicted keys and values of everything before the span and the base's own inside it.
"""

import copy
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import world  # noqa: F401
from network import Layer, Network, rotate
from predictor import Predictor, Sizes


@dataclass(frozen=True)
class Spans:
    """places: [rows, count] tokens that the base reads; starts: the begin of the span each belongs to; there: False for padding."""

    places: Tensor
    starts: Tensor
    there: Tensor

    def visible(self, length: int) -> Tensor:
        """[rows, count, length + count]: which predicted tokens and which own ones each place reads."""
        predicted = torch.arange(length)[None, None] < self.starts[:, :, None]
        same = (self.starts[:, :, None] == self.starts[:, None]) & self.there[:, None]
        own = same & (self.places[:, None] <= self.places[:, :, None])
        padding = torch.eye(self.places.shape[1], dtype=torch.bool)  # a row of the softmax must not be empty
        return torch.cat([predicted, own | padding], dim=-1)


def heads(x: Tensor, count: int) -> Tensor:
    """[rows, length, count x head] -> [rows, count, length, head]"""
    return x.unflatten(-1, (count, -1)).transpose(1, 2)


def read(layer: Layer, x: Tensor, keys: Tensor, values: Tensor, turns: tuple[Tensor, Tensor], own_turns: tuple[Tensor, Tensor],
         hidden_from: Tensor) -> Tensor:
    """One layer of the base over the places of the spans, with predicted keys (before rotary) and values in front of its own."""
    s = layer.shape
    normed = F.rms_norm(x, (s.width,), layer.attention_norm, s.norm_epsilon)
    q, k, v = F.linear(normed, layer.qkv).split([layer.query_width, layer.kv_width, layer.kv_width], dim=-1)
    k = torch.cat([rotate(heads(keys, s.kv_heads), *turns), rotate(heads(k, s.kv_heads), *own_turns)], dim=2).to(q.dtype)
    v = torch.cat([heads(values, s.kv_heads), heads(v, s.kv_heads)], dim=2)
    q = rotate(heads(q, s.query_heads), *own_turns).to(k.dtype) * s.head ** -0.5
    scores = q.unflatten(1, (s.kv_heads, -1)).flatten(2, 3) @ k.mT  # the query heads that share a kv head, one after another
    scores = scores.unflatten(2, (-1, x.shape[1])).float() + hidden_from
    mixed = (scores.softmax(-1).to(v.dtype).flatten(2, 3) @ v).unflatten(2, (-1, x.shape[1])).flatten(1, 2)
    x = x + F.linear(mixed.transpose(1, 2).flatten(2), layer.attention_out)
    return x + layer.feed(F.rms_norm(x, (s.width,), layer.mlp_norm, s.norm_epsilon))


class Pair(nn.Module):
    """base: frozen; auxiliary and predictor learn."""

    def __init__(self, base: Network, sizes: Sizes):
        super().__init__()
        self.base, self.sizes = base.requires_grad_(False), sizes
        self.auxiliary = pruned(base, sizes.taken)
        width = base.layers[0].kv_width
        self.predictor = Predictor(sizes.reads, width, width)
        self.reader = read

    def predicted_hidden(self, ids: Tensor, foretold, spans: Spans, cos: Tensor, sin: Tensor) -> Tensor:
        """[rows, count, width]: what the base's head reads at the places of the spans."""
        x = F.embedding(ids.gather(1, spans.places), self.base.embedding)
        own_turns = cos[spans.places][:, None], sin[spans.places][:, None]
        hidden_from = torch.zeros(()).where(spans.visible(ids.shape[1]), float("-inf"))[:, None, None]
        for layer, (keys, values) in zip(self.base.layers, foretold):
            x = self.reader(layer, x, keys, values, (cos, sin), own_turns, hidden_from)
        return F.rms_norm(x, (x.shape[-1],), self.base.final_norm, self.base.shape.norm_epsilon)


def pruned(base: Network, taken: tuple[int, ...]) -> Network:
    """A copy of the base with these of its layers."""
    small = Network(replace(base.shape, layers=len(taken)))
    with torch.no_grad():
        small.embedding.copy_(base.embedding)
        small.final_norm.copy_(base.final_norm)
    small.layers = nn.ModuleList(copy.deepcopy(base.layers[i]) for i in taken)
    return small.requires_grad_(True)
