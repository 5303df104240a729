"""The few modules that the architectures of the zoo share. Tokens are [batch, tokens, channels]."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    """Softmax attention; `bias` is added to the scores, `context` gives keys and values instead of x."""

    def __init__(self, dim, heads=2, context_dim=None):
        super().__init__()
        self.heads, self.size = heads, dim // heads
        self.q, self.k = nn.Linear(dim, dim), nn.Linear(context_dim or dim, dim)
        self.v, self.o = nn.Linear(context_dim or dim, dim), nn.Linear(dim, dim)

    def split(self, x):
        return x.reshape(x.shape[0], -1, self.heads, self.size).transpose(1, 2)

    def forward(self, x, bias=None, context=None):
        context = x if context is None else context
        q, k, v = self.split(self.q(x)), self.split(self.k(context)), self.split(self.v(context))
        scores = q @ k.transpose(-1, -2) / math.sqrt(self.size)
        if bias is not None:
            scores = scores + bias
        return self.o(self.join(scores.softmax(-1) @ v))

    def join(self, heads):
        return heads.transpose(1, 2).reshape(heads.shape[0], -1, self.heads * self.size)


class RmsNorm(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * self.weight


class Mlp(nn.Sequential):
    def __init__(self, dim, wide=None, activation=nn.GELU, out=None):
        wide = wide or 2 * dim
        super().__init__(nn.Linear(dim, wide), activation(), nn.Linear(wide, out or dim))


class Glu(nn.Module):
    """W3 (act(W1 x) * W2 x)."""

    def __init__(self, dim, wide=None, activation=F.gelu):
        super().__init__()
        wide = wide or 2 * dim
        self.gate, self.up, self.down, self.activation = nn.Linear(dim, wide), nn.Linear(dim, wide), nn.Linear(wide, dim), activation

    def forward(self, x):
        return self.down(self.activation(self.gate(x)) * self.up(x))


class Block(nn.Module):
    """Pre-norm residual block around any token mixer."""

    def __init__(self, dim, mixer=None, mlp=None, heads=2, norm=nn.LayerNorm):
        super().__init__()
        self.norm1, self.norm2 = norm(dim), norm(dim)
        self.mixer, self.mlp = mixer or Attention(dim, heads), mlp or Mlp(dim)

    def forward(self, x, *extra):
        x = x + self.mixer(self.norm1(x), *extra)
        return x + self.mlp(self.norm2(x))


class Patches(nn.Module):
    """Image to tokens with learned positions."""

    def __init__(self, dim, tokens, patch=8, channels=3):
        super().__init__()
        self.proj = nn.Conv2d(channels, dim, patch, patch)
        self.positions = nn.Parameter(torch.zeros(1, tokens, dim))

    def forward(self, image):
        return self.proj(image).flatten(2).transpose(1, 2) + self.positions


class MapBlock(nn.Module):
    """Residual block over maps [batch, channels, height, width] around any mixer."""

    def __init__(self, dim, mixer, mlp=None):
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(1, dim), nn.GroupNorm(1, dim)
        self.mixer = mixer
        self.mlp = mlp or nn.Sequential(nn.Conv2d(dim, 2 * dim, 1), nn.GELU(), nn.Conv2d(2 * dim, dim, 1))

    def forward(self, x):
        x = x + self.mixer(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Classifier(nn.Module):
    """stem, blocks over tokens, mean, linear."""

    def __init__(self, stem, blocks, dim, classes=10):
        super().__init__()
        self.stem, self.blocks, self.norm, self.head = stem, nn.Sequential(*blocks), nn.LayerNorm(dim), nn.Linear(dim, classes)

    def forward(self, x):
        return self.head(self.norm(self.blocks(self.stem(x))).mean(1))


class MapClassifier(nn.Module):
    def __init__(self, stem, blocks, dim, classes=10):
        super().__init__()
        self.stem, self.blocks, self.head = stem, nn.Sequential(*blocks), nn.Linear(dim, classes)

    def forward(self, x):
        return self.head(self.blocks(self.stem(x)).mean((2, 3)))


class Encoder(nn.Module):
    """Token ids and their mask to hidden states; blocks take the additive mask."""

    def __init__(self, vocabulary, dim, length, blocks, positions=True):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, dim)
        self.positions = nn.Parameter(torch.zeros(1, length, dim)) if positions else None
        self.blocks, self.norm = nn.ModuleList(blocks), nn.LayerNorm(dim)

    def forward(self, ids, mask):
        x = self.embed(ids)
        if self.positions is not None:
            x = x + self.positions[:, :ids.shape[1]]
        bias = (1.0 - mask[:, None, None, :].float()) * -1e4
        for block in self.blocks:
            x = block(x, bias)
        return self.norm(x)


def causal(length):
    return torch.full((length, length), -1e4).triu(1)
