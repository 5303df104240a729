/* F16 weights and cache, widened to fp32. */
#define ENC f16
#define ENC_TYPE FT_F16
#define ENC_SUBSTEPS 1
#define ENC_LANE_BYTES 2
#define ENC_LOAD(sub, p) vf_load_f16(p)
#include "exact_body.h"
