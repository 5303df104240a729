"""Where the weights start: the first two layers as a lookup, which random weights find only after millions of tokens.

Every head of the first layer looks a fixed number of tokens back and notes what stands there; every head of the second finds where
the token noted (or read now) stood before, and proposes what followed. Training changes all of it. Measured on names with one word
each, two layers: 99 % of the words right after 0.2 million tokens, and after 4.3 million when all weights start at random. The idea of
starting attention in a shape that trained attention has is Trockman and Kolter's (2023, "Mimetic Initialization").
"""

import torch
from torch import Tensor

from network import Layer, Network

SPREAD = 0.05  # of the embeddings, and as much again for the part they share
NOTE = 16  # dimensions of a note: what a head tells of a token
FAST_PAIRS = 8  # rotary pairs that turn fast enough to tell one position from the next
LOOK = 6.0  # amplitude of q and k in those pairs: nearly all the weight then falls on one position
MATCH = 1.4  # amplitude with which notes are compared


def _orthonormal(columns: Tensor, *without: Tensor) -> Tensor:
    """Orthonormal columns that span what is left of `columns` [width, n] outside the spaces of the others."""
    for basis in without:
        columns = columns - basis @ (basis.T @ columns)
    return torch.linalg.qr(columns)[0]


def _parts(layer: Layer) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Views of the weights: q [query_heads, head, width], k and v [kv_heads, head, width], out [width, query_heads, head]."""
    s = layer.shape
    q, k, v = layer.qkv.split([layer.query_width, layer.kv_width, layer.kv_width])
    return (q.view(s.query_heads, s.head, s.width), k.view(s.kv_heads, s.head, s.width), v.view(s.kv_heads, s.head, s.width),
            layer.attention_out.view(s.width, s.query_heads, s.head))


@torch.no_grad()
def start_as_lookup(network: Network) -> None:
    shape = network.shape
    shared = torch.full((shape.width, 1), shape.width ** -0.5)
    network.embedding.normal_(std=SPREAD).add_(SPREAD)  # the shared part lets heads look by position alone
    word = _orthonormal(torch.randn(shape.width, NOTE), shared)
    notes = [_orthonormal(torch.randn(shape.width, NOTE), word) for _ in range(shape.query_heads)]
    _look_back(network.layers[0], shared, word, notes)
    _look_up(network.layers[1], shared, [word, *notes])


def _look_back(layer: Layer, shared: Tensor, word: Tensor, notes: list[Tensor]) -> None:
    """Query head h attends to the token h + 1 back and writes its note into notes[h]."""
    shape = layer.shape
    q, k, v, out = _parts(layer)
    speeds = shape.rope_theta ** (-torch.arange(0, shape.head, 2).float() / shape.head)[:FAST_PAIRS]
    along = (LOOK / (shape.width / 2) ** 0.5) * shared.T  # half of a normed embedding lies along `shared`
    q.mul_(0.1), k.mul_(0.1), out.mul_(0.5)
    k[:, :FAST_PAIRS] += along
    v[:, :NOTE] = 0.7 * word.T
    for h, note in enumerate(notes):
        turn = -(h + 1) * speeds[:, None]
        q[h, :FAST_PAIRS] += turn.cos() * along
        q[h, shape.head // 2:shape.head // 2 + FAST_PAIRS] += turn.sin() * along
        out[:, h, :NOTE] = 2 * SPREAD * note


def _look_up(layer: Layer, shared: Tensor, reads: list[Tensor]) -> None:
    """Query head h compares what stands h tokens back from here with what stands h + 1 back from there, and copies from there."""
    shape = layer.shape
    q, k, v, out = _parts(layer)
    half, sharing = shape.head // 2, shape.query_heads // shape.kv_heads
    slow = torch.cat([torch.arange(half // 2, half), torch.arange(half + half // 2, shape.head)])  # far away they still match
    q.mul_(0.1), k.mul_(0.1)
    for h in range(shape.query_heads):
        group, dims = h // sharing, slow[h % sharing::sharing]
        q[h, dims] += MATCH * reads[h].T
        k[group, dims] += MATCH * reads[h + 1].T
    for group in range(shape.kv_heads):
        copied = _orthonormal(torch.randn(shape.width, shape.head), shared)
        v[group] = 0.7 * copied.T
        out[:, group * sharing:(group + 1) * sharing] = (SPREAD / 2) * copied[:, None]
