#define FT_ISA avx512
#include "simd_avx512.h"
#include "tiles_avx512.h"
#include "isa_body.h"
