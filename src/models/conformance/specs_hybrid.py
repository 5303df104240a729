"""Conformance checkpoints of models that have both states and attention."""

from typing import Any

from spec import LONG, Spec

SIZES = dict(vocab_size=128, hidden_size=32, intermediate_size=40, num_hidden_layers=4, num_attention_heads=2,
             num_key_value_heads=1, max_position_embeddings=512, rms_norm_eps=1e-5, bos_token_id=1, eos_token_id=2,
             pad_token_id=0)
LENGTHS = LONG + (63, 64, 65)
HEADS = dict(mamba_n_heads=4, mamba_d_head=16, mamba_d_state=12, mamba_n_groups=2, mamba_d_conv=4)
KINDS = ["linear_attention", "full_attention", "linear_attention", "full_attention"]


def hybrid(name: str, architecture: str, covers: str, config: dict[str, Any], base: dict[str, Any] = SIZES,
           **more: Any) -> Spec:
    return Spec(name, architecture, covers, config, base=base, lengths=more.pop("lengths", LENGTHS), **more)


def without(*suffixes: str) -> dict[str, str]:
    return {f"{suffix} ignored": suffix for suffix in suffixes}


def bamba() -> list[Spec]:
    return [
        hybrid("bamba-f32", "bamba", "attention in layers 1 and 3, half of each head turned, two groups, F32 file",
               dict(HEADS, attn_layer_indices=[1, 3]), dtype="float32",
               wrong={**without("mamba.D", "conv1d.bias", "dt_bias"), "norm weight 1": "ones:mamba.norm.weight",
                      "rope_theta 100": dict(rope_parameters=dict(rope_type="default", rope_theta=100.0))}),
        hybrid("bamba-bias", "bamba", "biases of attention, MLP and mixer, no convolution bias, time_step_limit, expand 3,"
               " tied embeddings",
               dict(attn_layer_indices=[2], mamba_expand=3, mamba_n_heads=6, mamba_d_head="auto", mamba_d_state=7,
                    mamba_d_conv=3, mamba_conv_bias=False, mamba_proj_bias=True, attention_bias=True, mlp_bias=True,
                    time_step_limit=[0.2, 0.9], num_key_value_heads=2, tie_word_embeddings=True),
               wrong={**without("mamba.in_proj.bias", "mamba.out_proj.bias", "q_proj.bias", "o_proj.bias", "up_proj.bias"),
                      "time_step_limit ignored": dict(time_step_limit=[0.0, 100.0])}),
    ]


def granitemoehybrid() -> list[Spec]:
    scales = dict(embedding_multiplier=2.5, residual_multiplier=0.6, attention_multiplier=0.2, logits_scaling=1.5)
    return [
        hybrid("granitemoehybrid-f32", "granitemoehybrid", "2 of 5 experts beside a shared MLP, multipliers, no positions,"
               " F32 file", dict(HEADS, **scales, layer_types=KINDS, num_local_experts=5, num_experts_per_tok=2,
                                 intermediate_size=12, shared_intermediate_size=24, hidden_size=24, mamba_n_heads=3, mamba_n_groups=1),
               dtype="float32",
               wrong={**{f"{name} 1": {name: 1.0} for name in scales}, "positions": dict(position_embedding_type="rope"),
                      "shared MLP ignored": "shared_mlp.output_linear.weight", "best expert only": dict(num_experts_per_tok=1)}),
        hybrid("granitemoehybrid-dense", "granitemoehybrid", "no experts, rotary positions, attention and mixer bias, tied",
               dict(HEADS, layer_types=KINDS, num_local_experts=0, num_experts_per_tok=0, shared_intermediate_size=40,
                    position_embedding_type="rope", attention_bias=True, mamba_proj_bias=True, attention_multiplier=0.3,
                    tie_word_embeddings=True),
               wrong={"no positions": dict(position_embedding_type=None), **without("mamba.in_proj.bias", "k_proj.bias", "q_proj.bias")}),
    ]


def jamba() -> list[Spec]:
    layers = dict(attn_layer_period=2, attn_layer_offset=1, expert_layer_period=2, expert_layer_offset=1)
    return [
        hybrid("jamba-f32", "jamba", "norms of time steps, B and C; attention without positions; 2 of 4 experts whose weights"
               " are not normalized; F32 file",
               dict(layers, num_experts=4, num_experts_per_tok=2, mamba_d_state=6, mamba_dt_rank=3, hidden_size=24,
                    intermediate_size=20), dtype="float32",
               wrong={"time norm weight 1": "ones:dt_layernorm.weight", "B norm weight 1": "ones:b_layernorm.weight",
                      "C norm weight 1": "ones:c_layernorm.weight", "best expert only": dict(num_experts_per_tok=1),
                      **without("mamba.D", "conv1d.bias", "dt_proj.bias")}),
        hybrid("jamba-dense", "jamba", "one expert, so plain MLPs; attention in layer 0 of 3; mixer bias, no convolution bias,"
               " conv_kernel 3, mamba_dt_rank auto, tied embeddings",
               dict(num_hidden_layers=6, attn_layer_period=3, attn_layer_offset=0, num_experts=1, num_experts_per_tok=1,
                    mamba_d_state=5, mamba_d_conv=3, mamba_conv_bias=False, mamba_proj_bias=True, tie_word_embeddings=True,
                    hidden_size=24),
               gain=0.6, wrong=without("mamba.in_proj.bias", "mamba.out_proj.bias")),
    ]


def falcon_h1() -> list[Spec]:
    scales = dict(embedding_multiplier=1.7, lm_head_multiplier=0.6, key_multiplier=0.7, attention_out_multiplier=1.3,
                  attention_in_multiplier=0.8, ssm_in_multiplier=1.2, ssm_out_multiplier=0.9)
    lists = dict(mlp_multipliers=[0.7, 1.4], ssm_multipliers=[0.8, 1.3, 0.6, 1.5, 0.7])
    sizes = dict(num_hidden_layers=3, mamba_d_ssm=48, mamba_n_heads=6, mamba_d_head=8, mamba_n_groups=2, mamba_d_state=10)
    one_by_one = [[lists["ssm_multipliers"][j] if i != j else 1.0 for j in range(5)] for i in range(5)]
    return [
        hybrid("falcon-h1-f32", "falcon_h1", "attention and mixer over one input, every multiplier, no norm of the gate, F32 file",
               dict(sizes, **scales, **lists), dtype="float32",
               wrong={**{f"{name} 1": {name: 1.0} for name in scales},
                      **{f"{kind} multiplier 1": dict(ssm_multipliers=changed)
                         for kind, changed in zip(("gate", "x", "B", "C", "time"), one_by_one)},
                      "gate multiplier of the MLP 1": dict(mlp_multipliers=[1.0, 1.4]),
                      "down multiplier of the MLP 1": dict(mlp_multipliers=[0.7, 1.0])}),
        hybrid("falcon-h1-norm-bias", "falcon_h1", "norm before the gate in groups; biases of every map, which multipliers meet too;"
               " tied embeddings; transformers 4 config.json",
               dict(sizes, **scales, **lists, num_hidden_layers=2, mamba_rms_norm=True, mamba_norm_before_gate=True,
                    mamba_proj_bias=True, projectors_bias=True, attention_bias=True, mlp_bias=True,
                    tie_word_embeddings=True, rope_parameters=dict(rope_type="default", rope_theta=1000.0)), legacy=True,
               wrong={"gate first": dict(mamba_norm_before_gate=False),
                      **without("k_proj.bias", "o_proj.bias", "gate_proj.bias", "up_proj.bias", "down_proj.bias",
                                "mamba.in_proj.bias", "mamba.out_proj.bias")}),
        hybrid("falcon-h1-gate-first", "falcon_h1", "norm after the gate, width of the mixer by mamba_expand, time_step_limit",
               dict(num_hidden_layers=2, mamba_d_ssm=None, mamba_n_heads=4, mamba_d_head="auto", mamba_n_groups=1,
                    mamba_d_state=9, mamba_rms_norm=True, mamba_norm_before_gate=False, mamba_conv_bias=False,
                    time_step_limit=[0.1, 0.7]),
               wrong={"norm before gate": dict(mamba_norm_before_gate=True), "limit ignored": dict(time_step_limit=[0.0, 100.0])}),
    ]


def nemotron_h() -> list[Spec]:
    base = {k: v for k, v in SIZES.items() if k not in ("num_hidden_layers", "rms_norm_eps")}
    mixer = dict(mamba_num_heads=4, mamba_head_dim=12, ssm_state_size=10, n_groups=2, head_dim=16, time_step_min=0.25)
    kinds = ["linear_attention", "mlp", "full_attention", "linear_attention", "full_attention", "mlp"]
    return [
        hybrid("nemotron-h-f32", "nemotron_h", "one mixer per layer: state, attention without positions, or an MLP of relu2"
               " without gate; gated norm in groups; time_step_min; F32 file", dict(mixer, layers_block_type=kinds),
               base=base, dtype="float32",
               wrong={"time_step_min ignored": dict(time_step_min=1e-6), "silu": dict(mlp_hidden_act="silu"),
                      **without("mixer.D", "conv1d.bias", "dt_bias")}),
        hybrid("nemotron-h-bias", "nemotron_h", "use_bias, mlp_bias, no convolution bias, heads wider than hidden,"
               " tie_word_embeddings beside a head of its own, which counts",
               dict(mixer, layers_block_type=kinds[:4], use_bias=True, mlp_bias=True, use_conv_bias=False, head_dim=24,
                    tie_word_embeddings=True), base=base,
               wrong=without("in_proj.bias", "out_proj.bias", "up_proj.bias", "down_proj.bias")),
        hybrid("nemotron-h-moe", "nemotron_h", "layers of experts without gates: sigmoid scores, a bias of the choice, the better of two"
               " groups, normalized and scaled weights, beside a shared expert",
               dict(mixer, layers_block_type=["linear_attention", "moe", "full_attention", "moe"], n_routed_experts=6,
                    num_experts_per_tok=2, moe_intermediate_size=12, moe_shared_expert_intermediate_size=16, n_group=2,
                    topk_group=1, routed_scaling_factor=1.5), base=base, gain=0.7,
               wrong={"scale 1": dict(routed_scaling_factor=1.0), "one group": dict(n_group=1),
                      "not normalized": dict(norm_topk_prob=False),
                      **without("shared_experts.down_proj.weight")}),
    ]


def zamba() -> list[Spec]:
    sizes = dict(hidden_size=24, intermediate_size=32, num_attention_heads=4, num_key_value_heads=4, mamba_d_state=6,
                 mamba_dt_rank=3, n_mamba_heads=2)
    kinds = ["linear_attention", "hybrid", "linear_attention", "hybrid", "hybrid"]
    return [
        hybrid("zamba-f32", "zamba", "one attention and MLP shared by three layers, two mixer heads, F32 file",
               dict(sizes, layers_block_type=kinds, num_hidden_layers=5), dtype="float32",
               gain=0.8, wrong={**without("mamba.D", "conv1d.bias", "dt_proj_bias", "1.linear.weight"), "silu": dict(hidden_act="silu")}),
        hybrid("zamba-bias", "zamba", "layers by attn_layer_period, mixer bias, three mixer heads, grouped queries",
               dict(sizes, num_hidden_layers=6, attn_layer_period=2, attn_layer_offset=1, n_mamba_heads=3,
                    num_key_value_heads=2, mamba_proj_bias=True, mamba_conv_bias=False, hidden_act="silu"),
               wrong=without("mamba.in_proj.bias", "mamba.out_proj.bias")),
    ]


def zamba2() -> list[Spec]:
    sizes = dict(hidden_size=24, intermediate_size=32, num_attention_heads=4, num_key_value_heads=4, mamba_d_state=8,
                 n_mamba_heads=4, mamba_ngroups=2, adapter_rank=3, time_step_min=0.2)
    kinds = ["linear_attention", "hybrid", "linear_attention", "hybrid", "hybrid", "linear_attention"]
    return [
        hybrid("zamba2-f32", "zamba2", "two shared blocks used by three layers, adapters of the MLP of each use, no positions,"
               " F32 file", dict(sizes, layers_block_type=kinds, num_hidden_layers=6, num_mem_blocks=2), dtype="float32",
               gain=0.7, wrong={**without("mamba.D", "conv1d.bias", "gate_up_proj_adapter_list.2.1.weight"),
                      "time_step_min ignored": dict(time_step_min=1e-6)}),
        hybrid("zamba2-adapters", "zamba2", "one shared block, adapters of attention too, rotary positions, biases of MLP and mixer",
               dict(sizes, layers_block_type=kinds[1:5], num_hidden_layers=4, num_mem_blocks=1, use_mem_rope=True, use_long_context=True,
                    use_shared_attention_adapter=True, add_bias_linear=True),
               gain=0.6, wrong={"no positions": dict(use_mem_rope=False),
                      **without("linear_q_adapter_list.1.1.weight", "linear_v_adapter_list.1.1.weight",
                                "mamba.in_proj.bias", "gate_up_proj.bias")}),
    ]


def qwen3_next() -> list[Spec]:
    rule = dict(linear_num_key_heads=2, linear_num_value_heads=4, linear_key_head_dim=8, linear_value_head_dim=12)
    sizes = dict(rule, head_dim=16, moe_intermediate_size=12, shared_expert_intermediate_size=20)
    return [
        hybrid("qwen3-next-f32", "qwen3_next", "delta rule and gated attention, a quarter of each head turned, 2 of 4 experts and"
               " a shared one behind a gate, F32 file",
               dict(sizes, num_experts=4, num_experts_per_tok=2, layer_types=KINDS), dtype="float32",
               gain=0.5, wrong={"weights not normalized": dict(norm_topk_prob=False),
                      **without("shared_expert_gate.weight", "dt_bias", "shared_expert.down_proj.weight")}),
        hybrid("qwen3-next-dense", "qwen3_next", "dense layers by mlp_only_layers, layer kinds by full_attention_interval,"
               " attention_bias, weights of experts not normalized, half of each head turned, as many value as key heads",
               dict(sizes, num_experts=5, num_experts_per_tok=2, mlp_only_layers=[0, 3], full_attention_interval=2,
                    attention_bias=True, norm_topk_prob=False, linear_num_value_heads=2, linear_conv_kernel_dim=3,
                    partial_rotary_factor=0.5, tie_word_embeddings=True),
               gain=0.7, wrong={"weights normalized": dict(norm_topk_prob=True), **without("q_proj.bias", "k_proj.bias", "o_proj.bias")}),
    ]


def hybrid_specs() -> list[Spec]:
    return bamba() + granitemoehybrid() + jamba() + falcon_h1() + nemotron_h() + zamba() + zamba2() + qwen3_next()
