/* What AMX adds to AVX-512 BF16: a faster fast encoding, and quantized products of many tokens. */
#define FT_ISA amx
#include "simd_avx512.h"
#include "isa_names.h"

#include "math_body.h"

#include "attention_amx.h"
#include "encoding_bf16amx.h"

const ft_encoding *const ft_bf16amx__amx = &FT_JOIN4(ft_, encoding, bf16amx, FT_ISA);
const ft_encoding *const ft_fp8amx__amx = &FT_JOIN4(ft_, encoding, fp8amx, FT_ISA);

#include "quantized_amx.h"
