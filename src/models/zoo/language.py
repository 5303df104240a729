"""Decoders that the native plan has no sublayer for, as graphs over whole sequences, written from their papers."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from entry import Registry
from layers import Attention, Block, Glu, Mlp, RmsNorm, causal
from text import DIM, LENGTH, Causal, tokens

ENTRIES = Registry()


class Seen(Attention):
    def __init__(self):
        super().__init__(DIM)

    def forward(self, x):
        return super().forward(x, causal(LENGTH))


@ENTRIES.entry("tokenformer", "000/3 003/58", "every linear map is attention over learned key and value parameters")
def _():
    class Pattention(nn.Module):
        def __init__(self, out=DIM, parameters=24):
            super().__init__()
            self.keys, self.values = nn.Parameter(torch.zeros(parameters, DIM)), nn.Parameter(torch.zeros(parameters, out))

        def forward(self, x):
            scores = x @ self.keys.t()
            scale = math.sqrt(self.keys.shape[0]) * torch.rsqrt(scores.square().sum(-1, keepdim=True) + 1e-6)
            return F.gelu(scores * scale) @ self.values

    blocks = []
    for _ in range(2):
        mixer = Seen()
        mixer.q, mixer.k, mixer.v, mixer.o = (Pattention() for _ in range(4))
        blocks.append(Block(DIM, mixer, Pattention(parameters=48)))
    return Causal(*blocks), tokens()


@ENTRIES.entry("polynorm", "000/53", "feed-forwards with a polynomial of normalized powers as activation")
def _():
    class PolyNorm(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight, self.bias = nn.Parameter(torch.ones(3)), nn.Parameter(torch.zeros(1))

        def forward(self, x):
            powers = [x, x * x, x * x * x]
            unit = [p * torch.rsqrt(p.square().mean(-1, keepdim=True) + 1e-6) for p in powers]
            return self.weight[0] * unit[0] + self.weight[1] * unit[1] + self.weight[2] * unit[2] + self.bias

    return Causal(*(Block(DIM, Seen(), Mlp(DIM, activation=PolyNorm)) for _ in range(2))), tokens()


@ENTRIES.entry("gtrxl", "001/30", "norms before sublayers and GRU gates in place of residuals, memory of the segment before", outputs=["states"])
def _():
    class Gate(nn.Module):
        def __init__(self):
            super().__init__()
            self.wr, self.ur, self.wz, self.uz, self.wg, self.ug = (nn.Linear(DIM, DIM) for _ in range(6))

        def forward(self, x, y):
            r, z = (self.wr(y) + self.ur(x)).sigmoid(), (self.wz(y) + self.uz(x) - 2).sigmoid()
            return (1 - z) * x + z * torch.tanh(self.wg(y) + self.ug(r * x))

    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.n1, self.n2, self.g1, self.g2 = nn.LayerNorm(DIM), nn.LayerNorm(DIM), Gate(), Gate()
            self.attention, self.mlp = Attention(DIM), Mlp(DIM, activation=nn.ReLU)

        def forward(self, x, memory):
            context = self.n1(torch.cat([memory, x], 1))
            bias = torch.cat([torch.zeros(8, 4), causal(8)], 1)
            x = self.g1(x, F.relu(self.attention(self.n1(x), bias, context)))
            return self.g2(x, F.relu(self.mlp(self.n2(x))))

    class Agent(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = Layer(), Layer()

        def forward(self, observations, memory):
            x = self.first(observations, memory[:, 0])
            return self.second(x, memory[:, 1])

    return Agent(), {"observations": torch.randn(2, 8, DIM), "memory": torch.randn(2, 2, 4, DIM)}


@ENTRIES.entry("h3", "001/36", "a shift and a diagonal state space with products between them")
def _():
    class H3(nn.Module):
        def __init__(self, states=4):
            super().__init__()
            self.q, self.k, self.v, self.o = (nn.Linear(DIM, DIM) for _ in range(4))
            self.shift, self.c, self.d = nn.Parameter(torch.zeros(DIM, states)), nn.Parameter(torch.zeros(DIM, states)), nn.Parameter(torch.ones(DIM))
            t, n = torch.arange(LENGTH).float(), torch.arange(1, states + 1).float()
            self.register_buffer("decays", torch.exp(-0.1 * n[:, None] * t[None]))

        def convolve(self, u, kernel):
            return F.conv1d(F.pad(u, (kernel.shape[1] - 1, 0)), kernel.flip(-1)[:, None], groups=DIM)

        def forward(self, x):
            q, k, v = (f(x).transpose(1, 2) for f in (self.q, self.k, self.v))
            kv = self.convolve(k, self.shift) * v
            y = q * (self.convolve(kv, self.c @ self.decays) + kv * self.d[:, None])
            return self.o(y.transpose(1, 2))

    return Causal(Block(DIM, H3()), Block(DIM, H3())), tokens()


@ENTRIES.entry("magneto", "004/84", "a second norm inside every sublayer (Sub-LN)")
def _():
    class Sub(Seen):
        def __init__(self):
            super().__init__()
            self.inner = nn.LayerNorm(DIM)

        def join(self, heads):
            return self.inner(super().join(heads))

    ffn = lambda: nn.Sequential(nn.Linear(DIM, 32), nn.GELU(), nn.LayerNorm(32), nn.Linear(32, DIM))
    return Causal(*(Block(DIM, Sub(), ffn()) for _ in range(2))), tokens()


@ENTRIES.entry("shared-diff", "004/22", "the difference of two softmax maps whose projections share a base and differ by low rank")
def _():
    class Difference(nn.Module):
        def __init__(self, rank=2):
            super().__init__()
            self.q, self.k, self.v, self.o = (nn.Linear(DIM, DIM, bias=False) for _ in range(4))
            self.down, self.up = nn.Parameter(torch.zeros(4, DIM, rank)), nn.Parameter(torch.zeros(4, rank, DIM))
            self.weight, self.norm = nn.Parameter(torch.zeros(1)), RmsNorm(DIM)

        def forward(self, x):
            maps = []
            for i in range(2):
                q = self.q(x) + x @ self.down[2 * i] @ self.up[2 * i]
                k = self.k(x) + x @ self.down[2 * i + 1] @ self.up[2 * i + 1]
                maps.append((q @ k.transpose(1, 2) / math.sqrt(DIM) + causal(LENGTH)).softmax(-1))
            return self.o(self.norm((maps[0] - (self.weight.exp() - 0.2) * maps[1]) @ self.v(x)))

    return Causal(*(Block(DIM, Difference(), Glu(DIM, activation=F.silu)) for _ in range(2))), tokens()


@ENTRIES.entry("minimal-transformer", "002/23", "no feed-forward, one symmetric matrix for queries and keys, one for values and output")
def _():
    class Minimal(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm, self.w, self.vo = nn.LayerNorm(DIM), nn.Linear(DIM, 8, bias=False), nn.Linear(DIM, DIM, bias=False)

        def forward(self, x):
            h = self.norm(x)
            u = self.w(h)
            return x + (u @ u.transpose(1, 2) / math.sqrt(8) + causal(LENGTH)).softmax(-1) @ self.vo(h)

    return Causal(Minimal(), Minimal()), tokens()


@ENTRIES.entry("chain-of-model", "004/44", "hidden states in ordered chains: every map lets a chain see itself and those before it")
def _():
    class Chained(nn.Linear):
        """A block lower-triangular linear map: chain c of the output reads chains 0 to c of the input."""

        def __init__(self, into, out, chains=4):
            super().__init__(into, out)
            allowed = torch.arange(out)[:, None] * chains // out >= torch.arange(into)[None] * chains // into
            self.register_buffer("allowed", allowed.float())

        def forward(self, x):
            return F.linear(x, self.weight * self.allowed, self.bias)

    class ChainNorm(nn.Module):
        def __init__(self, dim, chains=4):
            super().__init__()
            self.chains, self.weight = chains, nn.Parameter(torch.ones(dim))

        def forward(self, x):
            parts = x.reshape(*x.shape[:2], self.chains, -1)
            return (parts * torch.rsqrt(parts.square().mean(-1, keepdim=True) + 1e-6)).reshape(x.shape) * self.weight

    def block():
        mixer = Attention(DIM, heads=4)
        mixer.q, mixer.k, mixer.v, mixer.o = (Chained(DIM, DIM) for _ in range(4))
        seen = Bias(mixer)
        return Block(DIM, seen, nn.Sequential(Chained(DIM, 32), nn.GELU(), Chained(32, DIM)), norm=ChainNorm)

    class Bias(nn.Module):
        def __init__(self, attention):
            super().__init__()
            self.attention = attention

        def forward(self, x):
            return self.attention(x, causal(LENGTH))

    model = Causal(block(), block())
    model.norm = ChainNorm(DIM)
    return model, tokens()


@ENTRIES.entry("one-wide-ffn", "004/111", "encoder and decoder of a translator, one wide feed-forward for the encoder, none in the decoder")
def _():
    class Translator(nn.Module):
        def __init__(self):
            super().__init__()
            self.words, self.ffn = nn.Embedding(64, DIM), Mlp(DIM, 48, nn.ReLU)
            self.encoder = nn.ModuleList(Block(DIM, mlp=self.ffn) for _ in range(2))
            self.own, self.cross = nn.ModuleList(Attention(DIM) for _ in range(2)), nn.ModuleList(Attention(DIM) for _ in range(2))
            self.norms, self.head = nn.ModuleList(nn.LayerNorm(DIM) for _ in range(5)), nn.Linear(DIM, 64)

        def forward(self, source, target):
            memory, y = self.words(source), self.words(target)
            for block in self.encoder:
                memory = block(memory)
            for i in range(2):
                y = y + self.own[i](self.norms[2 * i](y), causal(8))
                y = y + self.cross[i](self.norms[2 * i + 1](y), context=memory)
            return self.head(self.norms[4](y))

    return Translator(), {"source": torch.randint(0, 64, (2, 10)), "target": torch.randint(0, 64, (2, 8))}
