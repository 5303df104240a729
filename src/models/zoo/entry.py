"""What the zoo knows of one architecture."""

from dataclasses import dataclass, field
from typing import Callable

import torch


@dataclass
class Entry:
    name: str
    rows: list  # rows of the systems page, "document/row"
    what: str
    source: str  # the library's class, or "paper": written here from the paper's description
    build: Callable  # () -> (module, {input name: tensor})
    outputs: list = field(default_factory=lambda: ["logits"])
    batch: bool = True  # dimension 0 of every input and output is the batch
    dynamic: dict = field(default_factory=dict)  # further dynamic axes, by tensor
    dynamo: bool = False


class Registry(list):
    """Collects entries; used as a decorator of their builders."""

    def entry(self, name, rows, what, source="paper", **options):
        def register(build):
            self.append(Entry(name, rows.split(), what, source, build, **options))
            return build

        return register


def image(size=32, channels=3, batch=2):
    return torch.randn(batch, channels, size, size)


def randomize(module):
    """Replaces every weight so that outputs depend on all of the graph: initial values are often zeros."""
    with torch.no_grad():
        for parameter in module.parameters():
            if getattr(parameter, "keep", False):
                continue
            if parameter.dim() >= 2 and parameter.shape[0] > 1:
                parameter.normal_().div_((parameter.numel() / parameter.shape[0]) ** 0.5)
            elif parameter.dim() >= 2:
                parameter.normal_(0, 0.3)
            elif parameter.float().mean() > 0.5:
                parameter.normal_(1, 0.1)
            else:
                parameter.normal_(0, 0.1)
        for name, buffer in module.named_buffers():
            if name.endswith("running_mean"):
                buffer.normal_(0, 0.1)
            if name.endswith("running_var"):
                buffer.uniform_(0.5, 1.5)
