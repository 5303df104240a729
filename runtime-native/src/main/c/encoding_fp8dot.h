/* E4M3 weights with scales for the bf16 dot product, which sees them as bf16 pairs: exactly what they are. */
#define ENC fp8dot
#define ENC_WIDEN 1
#include "dot_body.h"
