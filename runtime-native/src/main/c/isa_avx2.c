#define FT_ISA avx2
#include "simd_avx2.h"

/* 16 registers: 6 tokens by one panel is 12 accumulators, two of weights and a broadcast. */
#define FT_TILE_ROWS 6
#define FT_QUERY_ROWS 6
#define FT_QUERY_PANELS 1
#define FT_EACH_TILE(M) M(1, 1) M(1, 2) M(2, 1) M(2, 2) M(3, 1) M(4, 1) M(5, 1) M(6, 1)
#define FT_T(name, rows, panels) FT_JOIN(name, rows, panels)
#define FT_TILES(name) \
    {{FT_T(name, 1, 1), FT_T(name, 1, 2), NULL, NULL}, {FT_T(name, 2, 1), FT_T(name, 2, 2), NULL, NULL}, \
     {FT_T(name, 3, 1), NULL, NULL, NULL}, {FT_T(name, 4, 1), NULL, NULL, NULL}, \
     {FT_T(name, 5, 1), NULL, NULL, NULL}, {FT_T(name, 6, 1), NULL, NULL, NULL}}
/* A vector of 16 lanes takes two of 16 registers. */
#define FT_HEAD_VECTORS 1
#include "isa_body.h"

#include "quantized_avx2.h"
#include "quantized_madd.h"

#include "quantized_body.h"
