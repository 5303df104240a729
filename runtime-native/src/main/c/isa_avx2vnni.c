/* What AVX-VNNI adds to AVX2: quantized products. In assembly, so that compilers that do not know the extension build it too. */
#define FT_ISA avx2vnni
#include "simd_avx2.h"
#include "isa_names.h"

/* 16 registers, two to a vector: the sums of 6 tokens, weights and a broadcast. A block's outputs wait in memory meanwhile. */
#define FT_BLOCK_ROWS 6
#define FT_PAIRED_ROWS 6
#define FT_CHANNEL_ROWS 6
#define FT_CHAINS(tiles) ((tiles) < 3 ? 4 / (tiles) : 1)
#define FT_EACH_BLOCK_TILE(M) M(1, 1) M(2, 1) M(3, 1) M(4, 1) M(5, 1) M(6, 1)
#define FT_EACH_CHANNEL_TILE(M) FT_EACH_BLOCK_TILE(M)

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
