/* What AVX-512 BF16 adds to AVX-512: fast encodings. */
#define FT_ISA avx512bf16
#include "simd_avx512.h"
#include "tiles_avx512.h"
#include "isa_names.h"

#include "math_body.h"

#include "encoding_bf16dot.h"

#include "encoding_int8dot.h"

#include "encoding_fp8dot.h"

const ft_encoding *const ft_bf16dot__avx512bf16 = &FT_JOIN4(ft_, encoding, bf16dot, FT_ISA);
const ft_encoding *const ft_int8dot__avx512bf16 = &FT_JOIN4(ft_, encoding, int8dot, FT_ISA);
const ft_encoding *const ft_fp8dot__avx512bf16 = &FT_JOIN4(ft_, encoding, fp8dot, FT_ISA);
