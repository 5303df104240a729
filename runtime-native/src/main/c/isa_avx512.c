#define FT_ISA avx512
#include "simd_avx512.h"
#include "tiles_avx512.h"
#include "isa_body.h"

/* Without VNNI a dot takes four instructions and two registers of weights: more rows than these would gain nothing. */
#define FT_BLOCK_ROWS 4
#define FT_PAIRED_ROWS 4
#define FT_CHANNEL_ROWS 4
#define FT_CHAINS(tiles) ((tiles) >= 4 ? 1 : 2)
#define FT_EACH_BLOCK_TILE(M) M(1, 1) M(1, 2) M(2, 1) M(2, 2) M(3, 1) M(3, 2) M(4, 1) M(4, 2)
#define FT_EACH_CHANNEL_TILE(M) FT_EACH_BLOCK_TILE(M)
#include "quantized_madd.h"

#include "quantized_body.h"
