/* Cache of codes with a scale per token and head, widened to fp32 as they are loaded; attention only. */
#define ENC int8
#define ENC_TYPE FT_INT8
#define ENC_CODES 1
#define ENC_SUBSTEPS 1
#define ENC_LANE_BYTES 1
#define ENC_LOAD(sub, p) vf_load_i8(p)
#include "exact_body.h"
