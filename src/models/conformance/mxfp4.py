"""Stores experts as MXFP4 (OCP microscaling formats 1.0), in the layout that gpt-oss is published in."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

BLOCK = 32
SUFFIXES = ("experts.gate_up_proj", "experts.down_proj")
NUMBERS = torch.tensor([0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0])


def encode(matrix: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """[..., outputs, inputs] to uint8 [..., outputs, inputs / 32, 16], the lower nibble first, and exponents with bias 127."""
    blocks = matrix.float().unflatten(-1, (-1, BLOCK))
    exponents = torch.ceil(torch.log2(blocks.abs().amax(-1, keepdim=True) / 6))
    scaled = blocks / torch.exp2(exponents)
    codes = (scaled.abs().unsqueeze(-1) - NUMBERS).abs().argmin(-1) + 8 * (scaled < 0)
    pairs = codes[..., 0::2] + 16 * codes[..., 1::2]
    return pairs.to(torch.uint8), (exponents.squeeze(-1) + 127).to(torch.uint8)


def decode(values: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    codes = torch.stack((values & 15, values >> 4), dim=-1).flatten(-2).long()
    numbers = NUMBERS[codes & 7] * torch.where(codes > 7, -1.0, 1.0)
    return (numbers * torch.exp2(scales.float() - 127).unsqueeze(-1)).flatten(-2)


def round_experts(model: torch.nn.Module) -> None:
    """Replaces weights by the nearest that MXFP4 has."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith(SUFFIXES):
                parameter.copy_(decode(*encode(parameter.transpose(-1, -2))).transpose(-1, -2))


def encode_experts(file: Path) -> None:
    """Replaces every [experts, inputs, outputs] of a file."""
    tensors = load_file(file)
    for name in [n for n in tensors if n.endswith(SUFFIXES)]:
        values, scales = encode(tensors.pop(name).transpose(-1, -2))
        tensors[name + "_blocks"], tensors[name + "_scales"] = values.contiguous(), scales.contiguous()
    save_file(tensors, file, metadata={"format": "pt"})
