/*
 * Integer dots without VNNI: bytes widened to int16, products of pairs added in int32. Exact for every code, where the byte multiply-add
 * (vpmaddubsw) would saturate: 255 * 127 + 255 * 127 does not fit into int16.
 */
#define FT_BLOCK_SUMS "quantized_dots.h"
#define FT_X_DWORDS 2

typedef struct {
    vi even, odd;
} vw;

static inline __attribute__((always_inline)) vw vw_of(vi codes) {
    return (vw){vi_even_bytes(codes), vi_odd_bytes(codes)};
}

static inline __attribute__((always_inline)) void vw_dot(vi *sum, vw w, const vi *x) {
    *sum = vi_add(*sum, vi_add(vi_madd(w.even, x[0]), vi_madd(w.odd, x[1])));
}
