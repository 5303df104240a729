/* E4M3 weights with scales, widened to pairs of bf16 and those to fp32: even column first. */
#define ENC fp8
#define ENC_TYPE FT_BF16
#define ENC_WIDEN 1
#define ENC_SUBSTEPS 2
#define ENC_LANE_BYTES 4
#define ENC_LOAD(sub, p) ((sub) == 0 ? vf_load_bf16_even(p) : vf_load_bf16_odd(p))
#include "exact_body.h"
