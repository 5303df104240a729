/* What AVX-VNNI adds to AVX2: quantized products. In assembly, so that compilers that do not know the extension build it too. */
#define FT_ISA avx2vnni
#include "simd_avx2.h"
#include "isa_names.h"
#include "quantized_avx2.h"

#define FT_BLOCK_SUMS "quantized_dots.h"
#define FT_X_DWORDS 1

typedef vi vw;

static inline __attribute__((always_inline)) vw vw_of(vi codes) {
    return codes;
}

static inline __attribute__((always_inline)) void vw_dot(vi *sum, vw w, const vi *x) {
    __asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum->lo) : "x"(w.lo), "x"(x->lo));
    __asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum->hi) : "x"(w.hi), "x"(x->hi));
}

#include "quantized_body.h"
