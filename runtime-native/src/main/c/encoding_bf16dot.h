/* BF16 weights and cache with the bf16 dot product. */
#define ENC bf16dot
#include "dot_body.h"
