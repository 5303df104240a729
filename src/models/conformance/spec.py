"""What a conformance checkpoint is."""

from dataclasses import dataclass, field
from typing import Any

# Prompt lengths that every checkpoint has: one token, two, less than a block, and one whose answer crosses token 128.
LENGTHS = (1, 2, 17, 40, 120)
LONG = LENGTHS + (128, 129, 200)
# Sizes shared by most checkpoints; BF16 keeps each near 150 KB.
SIZES = dict(
    vocab_size=128,
    hidden_size=64,
    intermediate_size=80,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=512,
    rms_norm_eps=1e-5,
    bos_token_id=1,
    eos_token_id=2,
)


@dataclass(frozen=True)
class Spec:
    """One checkpoint. `config`: differences from `base`. `legacy`: write config.json as transformers 4 did.

    `drop`: keys left out of a legacy config.json. `wrong`: readings of this checkpoint that a server might get wrong
    (label -> changed config keys, or the suffix of a tensor to be taken as zero, or what changes the model); the recipe
    refuses a checkpoint whose golden numbers would not notice them. `mxfp4`: name of a second directory, where the
    experts, whose weights are such numbers, are stored as MXFP4. `gain`: of the matrices of layers; below 1 where layers add so
    much that rounding would grow from one to the next, above where a tied table would only repeat the last token.
    """

    name: str
    architecture: str
    covers: str
    config: dict[str, Any] = field(default_factory=dict)
    dtype: str = "bfloat16"
    legacy: bool = False
    drop: tuple[str, ...] = ()
    lengths: tuple[int, ...] = LENGTHS
    wrong: dict[str, Any] = field(default_factory=dict)
    shard: str | None = None
    stray: str | None = None
    tokenizer: str | None = None
    mxfp4: str | None = None
    gain: float = 1.0
    base: dict[str, Any] = field(default_factory=lambda: SIZES)
