/* Everything an ISA with fp32 multiply-add offers; included once per such ISA, after what isa_names.h asks for. */
#include "isa_names.h"

#include "math_body.h"

#include "encoding_f32.h"

#include "encoding_f16.h"

#include "encoding_bf16.h"

#include "encoding_int8.h"

#include "encoding_fp8.h"

#include "logits_body.h"

#include "pointwise_body.h"

#include "cache_write_body.h"

#include "lift_body.h"

#include "factor_body.h"

#include "state_body.h"

#include "chunk_body.h"

#define EXACT_ENCODINGS \
    {&FT_JOIN4(ft_, encoding, f32, FT_ISA), &FT_JOIN4(ft_, encoding, f16, FT_ISA), &FT_JOIN4(ft_, encoding, bf16, FT_ISA), \
     &FT_JOIN4(ft_, encoding, int8, FT_ISA), &FT_JOIN4(ft_, encoding, fp8, FT_ISA)}

const ft_kernel_table FT_NAME(table) = {
    .exact = EXACT_ENCODINGS,
    .fast = EXACT_ENCODINGS,
    .rms_norm = FT_NAME(rms_norm_f32),
    .rotary = FT_NAME(rotary_f32),
    .add = FT_NAME(add_f32),
    .layer_norm = FT_NAME(layer_norm_f32),
    .add_scaled = FT_NAME(add_scaled_f32),
    .activate = {FT_NAME(silu_f32), FT_NAME(gelu_f32), FT_NAME(gelu_tanh_f32), FT_NAME(quick_gelu_f32), FT_NAME(relu_f32),
                 FT_NAME(relu_squared_f32), FT_NAME(clamped_swiglu_f32), FT_NAME(sigmoid_f32)},
    .rescale = FT_NAME(rescale_f32),
    .gather = FT_NAME(gather_f32),
    .combine = FT_NAME(combine_f32),
    .lift = FT_NAME(lift),
    .gated_norm = FT_NAME(gated_norm_f32),
    .affine = FT_NAME(affine_f32),
    .turn_tokens = FT_NAME(turn_tokens_f32),
    .gather_terms = FT_NAME(gather_terms_f32),
    .delta_units = FT_NAME(delta_units_f32),
    .convolve = FT_NAME(convolve_f32),
    .selective_scan = FT_NAME(selective_scan_f32),
    .space_dots = FT_NAME(space_dots_f32),
    .delta_dots = FT_NAME(delta_dots_f32),
    .state_space = FT_NAME(state_space_f32),
    .delta_rule = FT_NAME(delta_rule_f32),
    .write_kv = FT_NAME(write_kv),
    .summarize = FT_NAME(summarize_f32),
    .top_k = FT_NAME(top_k_f32),
    .weigh = FT_NAME(weigh_f32),
};
