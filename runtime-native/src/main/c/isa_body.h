/*
 * Everything one ISA offers. Included once per ISA by isa_<name>.c, which defines
 *   FT_ISA             its name, the suffix of every function here
 *   FT_TILE_ROWS       tallest product tile; FT_EACH_TILE(M) applies M(rows, panels) to every tile shape
 *   FT_TILES(name)     the same shapes as a table initializer
 *   FT_QUERY_ROWS, FT_QUERY_PANELS  attention tile: queries by vectors of 16
 *   FT_BF16_DOT        defined where there is a bf16 dot product
 * and includes its simd_*.h. Only that file is compiled with that ISA's flags.
 */
#include <stddef.h>
#include <string.h>

#include "kernel_table.h"

/* Queries of one unit of attention: keys and values of a tile are read once for all of them. */
#define FT_ATTENTION_UNIT 64

#define FT_JOIN_(a, b, c) a##_##b##_##c
#define FT_JOIN(a, b, c) FT_JOIN_(a, b, c)
#define FT_JOIN4_(a, b, c, d) a##b##_##c##__##d
#define FT_JOIN4(a, b, c, d) FT_JOIN4_(a, b, c, d)
#define FT_NAME_(op, isa) ft_##op##__##isa
#define FT_NAME__(op, isa) FT_NAME_(op, isa)
#define FT_NAME(op) FT_NAME__(op, FT_ISA)

#include "math_body.h"

#include "encoding_f32.h"

#include "encoding_f16.h"

#include "encoding_bf16.h"

#ifdef FT_BF16_DOT
#include "encoding_bf16dot.h"
#define FT_FAST_BF16 FT_JOIN4(ft_, encoding, bf16dot, FT_ISA)
#else
#define FT_FAST_BF16 FT_JOIN4(ft_, encoding, bf16, FT_ISA)
#endif

#include "logits_body.h"

#include "pointwise_body.h"

const ft_kernel_table FT_NAME(table) = {
    .exact = {&FT_JOIN4(ft_, encoding, f32, FT_ISA), &FT_JOIN4(ft_, encoding, f16, FT_ISA), &FT_JOIN4(ft_, encoding, bf16, FT_ISA)},
    .fast = {&FT_JOIN4(ft_, encoding, f32, FT_ISA), &FT_JOIN4(ft_, encoding, f16, FT_ISA), &FT_FAST_BF16},
    .rms_norm = FT_NAME(rms_norm_f32),
    .rotary = FT_NAME(rotary_f32),
    .add = FT_NAME(add_f32),
    .silu_mul = FT_NAME(silu_mul_f32),
    .gather = FT_NAME(gather_f32),
    .write_kv = FT_NAME(write_kv),
    .summarize = FT_NAME(summarize_f32),
    .top_k = FT_NAME(top_k_f32),
    .weigh = FT_NAME(weigh_f32),
};
