/* What AVX-512 VNNI adds to AVX-512: quantized products. In assembly because GCC 12 copies the accumulator of every dot intrinsic. */
#define FT_ISA avx512vnni
#include "simd_avx512.h"
#include "isa_names.h"
#include "quantized_avx512.h"

#define FT_BLOCK_SUMS "quantized_vnni.h"
#define FT_X_DWORDS 1

typedef vi vw;

static inline __attribute__((always_inline)) vw vw_of(vi codes) {
    return codes;
}

static inline __attribute__((always_inline)) void vw_dot(vi *sum, vw w, const vi *x) {
    __asm__("vpdpbusd %2, %1, %0" : "+v"(*sum) : "v"(w), "v"(*x));
}

#include "quantized_body.h"
