/* F32 weights and cache: fp32 multiply-add. */
#define ENC f32
#define ENC_TYPE FT_F32
#define ENC_SUBSTEPS 1
#define ENC_LANE_BYTES 4
#define ENC_LOAD(sub, p) vf_load(p)
#include "exact_body.h"
