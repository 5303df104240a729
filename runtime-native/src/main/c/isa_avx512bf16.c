#define FT_ISA avx512bf16
#define FT_BF16_DOT
#include "simd_avx512.h"
#include "tiles_avx512.h"
#include "isa_body.h"
