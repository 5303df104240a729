"""Text encoders and whole-sequence language graphs, written from their papers."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from entry import Registry
from layers import Attention, Block, Encoder, Glu, Mlp, RmsNorm, causal

ENTRIES = Registry()
DIM, WORDS, LENGTH = 16, 64, 12
RAGGED = {"input_ids": {1: "length"}, "attention_mask": {1: "length"}, "hidden": {1: "length"}}


def text():
    mask = torch.ones(2, LENGTH, dtype=torch.int64)
    mask[1, 9:] = 0
    return {"input_ids": torch.randint(1, WORDS, (2, LENGTH)) * mask, "attention_mask": mask}


def tokens():
    return {"input_ids": torch.randint(0, WORDS, (2, LENGTH))}


class Causal(nn.Module):
    """Embedding, blocks, logits of every position; blocks know themselves what they may see."""

    def __init__(self, *blocks):
        super().__init__()
        self.embed, self.blocks, self.norm, self.head = nn.Embedding(WORDS, DIM), nn.Sequential(*blocks), nn.LayerNorm(DIM), nn.Linear(DIM, WORDS)

    def forward(self, input_ids):
        return self.head(self.norm(self.blocks(self.embed(input_ids))))


@ENTRIES.entry("bert", "000/15 003/61", "the plain encoder that packing and ragged batching are measured on", outputs=["hidden"], dynamic=RAGGED)
def _():
    return Encoder(WORDS, DIM, LENGTH, [Block(DIM), Block(DIM)]), text()


@ENTRIES.entry("mosaicbert", "000/27 003/36", "ALiBi distances and gated feed-forwards, no learned positions", outputs=["hidden"], dynamic=RAGGED)
def _():
    class Alibi(Attention):
        def forward(self, x, bias):
            at = torch.arange(x.shape[1])
            far = (at[None] - at[:, None]).abs().float()
            slopes = 2.0 ** (-4.0 * torch.arange(1, self.heads + 1))
            return super().forward(x, bias - slopes[:, None, None] * far)

    return Encoder(WORDS, DIM, LENGTH, [Block(DIM, Alibi(DIM), Glu(DIM)) for _ in range(2)], positions=False), text()


@ENTRIES.entry("flexibert", "000/6", "layers of different operations and widths", outputs=["hidden"], dynamic=RAGGED)
def _():
    class Fourier(nn.Module):
        """Cosine transform along tokens of a fixed length as a matrix product."""

        def __init__(self):
            super().__init__()
            at = torch.arange(LENGTH).float()
            self.register_buffer("matrix", torch.cos(math.pi / LENGTH * (at[None] + 0.5) * at[:, None]) * math.sqrt(2 / LENGTH))

        def forward(self, x, bias):
            n = x.shape[1]
            return self.matrix[:n, :n] @ x

    class Convolve(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv1d(DIM, DIM, 5, padding=2, groups=DIM)

        def forward(self, x, bias):
            return self.conv(x.transpose(1, 2)).transpose(1, 2)

    blocks = [Block(DIM, heads=4, mlp=Mlp(DIM, 24)), Block(DIM, Convolve(), Mlp(DIM, 48)), Block(DIM, Fourier(), Mlp(DIM, 16))]
    return Encoder(WORDS, DIM, LENGTH, blocks), text()


@ENTRIES.entry("macaron", "000/35", "attention between two half feed-forwards", outputs=["hidden"], dynamic=RAGGED)
def _():
    class Macaron(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.block, self.norm = Mlp(DIM), Block(DIM), nn.LayerNorm(DIM)

        def forward(self, x, bias):
            return self.block(x + 0.5 * self.first(self.norm(x)), bias)

    return Encoder(WORDS, DIM, LENGTH, [Macaron(), Macaron()]), text()


@ENTRIES.entry("urpe", "002/40", "relative attention whose weights are multiplied by a Toeplitz matrix")
def _():
    class Urpe(Attention):
        def __init__(self):
            super().__init__(DIM)
            self.toeplitz = nn.Parameter(torch.zeros(self.heads, 2 * LENGTH - 1))
            at = torch.arange(LENGTH)
            self.register_buffer("distance", at[:, None] - at[None] + LENGTH - 1)

        def forward(self, x):
            q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
            weights = (q @ k.transpose(-1, -2) / math.sqrt(self.size) + causal(LENGTH)).softmax(-1)
            return self.o(self.join((weights * self.toeplitz[:, self.distance]) @ v))

    return Causal(Block(DIM, Urpe()), Block(DIM, Urpe())), tokens()


@ENTRIES.entry("complexformer", "000/10", "heads that combine angles of meaning with angles of position")
def _():
    class Complex(Attention):
        def __init__(self):
            super().__init__(DIM)
            self.mix = nn.Parameter(torch.ones(self.heads, self.size // 2, 2))

        def polar(self, x):
            a, b = x.chunk(2, -1)
            return (a * a + b * b + 1e-6).sqrt(), torch.atan2(b, a)

        def forward(self, x):
            (qm, qa), (km, ka) = self.polar(self.split(self.q(x))), self.polar(self.split(self.k(x)))
            at = torch.arange(x.shape[1]).float()
            far = (at[:, None] - at[None])[..., None] * 100.0 ** (-torch.arange(self.size // 2) / (self.size // 2))
            angle = (qa[:, :, :, None] - ka[:, :, None]) * self.mix[:, None, None, :, 0] + far * self.mix[:, None, None, :, 1]
            scores = (qm[:, :, :, None] * km[:, :, None] * torch.cos(angle)).sum(-1) / math.sqrt(self.size)
            weights = (scores + causal(x.shape[1])).softmax(-1)
            return self.o(self.join(weights @ self.split(self.v(x))))

    return Causal(Block(DIM, Complex()), Block(DIM, Complex())), tokens()


@ENTRIES.entry("monarch-mixer", "000/62 003/25", "block-diagonal matrices and permutations along tokens and channels")
def _():
    class Monarch(nn.Module):
        """x P L P^T R for sizes that are squares: two block-diagonal products around a transposition."""

        def __init__(self, root=4):
            super().__init__()
            self.root, self.left, self.right = root, nn.Parameter(torch.zeros(root, root, root)), nn.Parameter(torch.zeros(root, root, root))

        def forward(self, x):
            y = x.reshape(*x.shape[:-1], self.root, self.root)
            y = torch.einsum("...ij,ijk->...ik", y, self.right).transpose(-1, -2)
            return torch.einsum("...ij,ijk->...ik", y, self.left).transpose(-1, -2).reshape(x.shape)

    class Mixer(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1, self.norm2, self.gate = nn.LayerNorm(DIM), nn.LayerNorm(DIM), nn.Linear(DIM, DIM)
            self.tokens, self.up, self.down = Monarch(), Monarch(), Monarch()

        def forward(self, x):
            h = self.norm1(x)
            x = x + self.gate(h) * self.tokens(h.transpose(1, 2)).transpose(1, 2)
            return x + self.down(F.gelu(self.up(self.norm2(x))))

    class Masked(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.blocks, self.head = nn.Embedding(WORDS, DIM), nn.Sequential(Mixer(), Mixer()), nn.Linear(DIM, WORDS)

        def forward(self, input_ids):
            return self.head(self.blocks(self.embed(input_ids)))

    return Masked(), {"input_ids": torch.randint(0, WORDS, (2, 16))}


@ENTRIES.entry("transnormer", "000/39", "linear attention normalized instead of scaled, block-local attention first")
def _():
    class Norm(Attention):
        def __init__(self, local):
            super().__init__(DIM)
            self.local, self.norm = local, RmsNorm(DIM)

        def forward(self, x):
            q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
            if self.local:
                block = torch.arange(LENGTH) // 4
                outside = (block[:, None] != block[None]).float() * -1e4
                return self.o(self.join((q @ k.transpose(-1, -2) + outside + causal(LENGTH)).softmax(-1) @ v))
            q, k = F.elu(q) + 1, F.elu(k) + 1
            return self.o(self.norm(self.join(((q @ k.transpose(-1, -2)) * (causal(LENGTH) == 0).float()) @ v)))

    return Causal(Block(DIM, Norm(True)), Block(DIM, Norm(False))), tokens()


@ENTRIES.entry("ecoformer", "000/52 002/11 003/63", "queries and keys as binary codes, attention by their products in linear form")
def _():
    class Binary(Attention):
        def __init__(self, bits=8):
            super().__init__(DIM)
            self.hash = nn.Parameter(torch.zeros(self.heads, self.size, bits))

        def forward(self, x):
            q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
            codes = [torch.where(t @ self.hash > 0, torch.ones(()), -torch.ones(())) for t in (q, k)]
            bits = self.hash.shape[-1]
            top = codes[0] @ (codes[1].transpose(-1, -2) @ v) + bits * v.sum(2, keepdim=True)
            low = codes[0] @ codes[1].sum(2)[..., None] + bits * x.shape[1]
            return self.o(self.join(top / (low + 1e-6)))

    return Causal(Block(DIM, Binary()), Block(DIM, Binary())), tokens()


@ENTRIES.entry("hopfield", "001/43", "continuous Hopfield retrieval from learned patterns, updated several times", outputs=["retrieved"])
def _():
    class Hopfield(nn.Module):
        def __init__(self, patterns=20, beta=2.0):
            super().__init__()
            self.query, self.patterns, self.beta = nn.Linear(DIM, DIM), nn.Parameter(torch.zeros(patterns, DIM)), beta

        def forward(self, states):
            x = self.query(states)
            for _ in range(3):
                x = (self.beta * x @ self.patterns.t()).softmax(-1) @ self.patterns
            return x

    return Hopfield(), {"states": torch.randn(2, 5, DIM)}


@ENTRIES.entry("algoformer", "000/19 001/72 002/17", "a block before, one block looped, a block after")
def _():
    class Seen(Attention):
        def forward(self, x):
            return super().forward(x, causal(LENGTH))

    middle = Block(DIM, Seen(DIM))
    return Causal(Block(DIM, Seen(DIM)), middle, middle, middle, Block(DIM, Seen(DIM))), tokens()


@ENTRIES.entry("s4d", "001/55", "a diagonal state space as one long convolution over the sequence")
def _():
    class S4d(nn.Module):
        def __init__(self, states=4):
            super().__init__()
            self.c = nn.Parameter(torch.zeros(DIM, states, 2))
            self.d, self.out = nn.Parameter(torch.ones(DIM)), nn.Linear(DIM, 2 * DIM)
            n, t = torch.arange(states).float(), torch.arange(LENGTH).float()
            decay = torch.exp(-0.5 * 0.1 * t)[None]
            turn = math.pi * n[:, None] * 0.1 * t[None]
            self.register_buffer("basis", torch.stack([decay * torch.cos(turn), -decay * torch.sin(turn)], 1).flatten(0, 1))

        def forward(self, x):
            kernel = 2 * self.c.flatten(1) @ self.basis
            u = x.transpose(1, 2)
            y = F.conv1d(F.pad(u, (LENGTH - 1, 0)), kernel.flip(-1)[:, None], groups=DIM) + u * self.d[:, None]
            return F.glu(self.out(F.gelu(y.transpose(1, 2))), -1)

    return Causal(Block(DIM, S4d()), Block(DIM, S4d())), tokens()
