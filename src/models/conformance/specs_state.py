"""Conformance checkpoints of models that carry a state from token to token."""

from typing import Any

from spec import LONG, Spec

SIZES = dict(vocab_size=128, hidden_size=40, num_hidden_layers=2, bos_token_id=1, eos_token_id=2, pad_token_id=0)


def state(name: str, architecture: str, covers: str, config: dict[str, Any], **more: Any) -> Spec:
    return Spec(name, architecture, covers, config, base=SIZES, lengths=LONG + (63, 64, 65), **more)


def without(*suffixes: str) -> dict[str, str]:
    return {f"{suffix} ignored": f"mixer.{suffix}" for suffix in suffixes}


def mamba() -> list[Spec]:
    return [
        Spec("mamba-text", "mamba", "tied embeddings, tokenizer without begin token, chat template",
             dict(vocab_size=384, state_size=8, time_step_rank=3, tie_word_embeddings=True), base=SIZES, tokenizer="plain",
             wrong=without("D", "conv1d.bias", "dt_proj.bias")),
        state("mamba-f32", "mamba", "F32 file, time_step_rank auto, residual_in_fp32 false, 3 layers",
              dict(state_size=16, num_hidden_layers=3, tie_word_embeddings=True, residual_in_fp32=False), dtype="float32",
              wrong=without("D", "conv1d.bias", "dt_proj.bias", "A_log")),
        state("mamba-bias", "mamba", "use_bias, no convolution bias, conv_kernel 3, expand 3, state 5, time_step_rank 5, untied",
              dict(state_size=5, use_bias=True, use_conv_bias=False, conv_kernel=3, expand=3, time_step_rank=5,
                   tie_word_embeddings=False), wrong=without("in_proj.bias", "out_proj.bias", "D")),
    ]


def mamba2() -> list[Spec]:
    heads = dict(num_heads=5, head_dim=16, state_size=12, n_groups=1)
    return [
        state("mamba2-groups-f32", "mamba2", "F32 file, 6 heads in 2 groups, untied, 3 layers",
              dict(hidden_size=36, num_heads=6, head_dim=12, state_size=10, n_groups=2, num_hidden_layers=3, chunk_size=32),
              dtype="float32",
              wrong={**without("D", "conv1d.bias", "dt_bias", "A_log"), "norm weight 1": "ones:mixer.norm.weight"}),
        state("mamba2-limits", "mamba2", "time_step_limit, use_bias, no convolution bias, conv_kernel 3, tied",
              dict(**heads, time_step_limit=[0.25, 0.8], use_bias=True, use_conv_bias=False, conv_kernel=3,
                   tie_word_embeddings=True),
              wrong={**without("in_proj.bias", "out_proj.bias"),
                     "lower limit ignored": dict(time_step_limit=[0.0, 0.8]),
                     "upper limit ignored": dict(time_step_limit=[0.25, 100.0])}),
    ]


def state_specs() -> list[Spec]:
    return mamba() + mamba2()
