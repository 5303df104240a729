/* Cache of codes with a scale per token and head for the bf16 dot product, which sees codes as bf16 pairs: exactly what they are. */
#define ENC int8dot
#define ENC_CODES 1
/* Two times 16 codes that lie apart, paired. */
#define ENC_PAIR(even, odd) vf_pair_bf16(vf_load_i8(even), vf_load_i8(odd))
#include "dot_body.h"
