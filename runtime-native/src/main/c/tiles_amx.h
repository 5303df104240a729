/*
 * Instructions of the matrix unit (AMX), in assembly: GCC 12's tile intrinsics do not tell the compiler that they read memory.
 * A tile register holds up to 16 rows of up to 64 bytes.
 */
#ifndef FT_TILES_AMX_H
#define FT_TILES_AMX_H

#define TILE_LOAD(tile, base, stride) \
    __asm__ volatile("tileloadd (%0,%1,1), %%tmm" #tile : : "r"(base), "r"((int64_t)(stride)) : "memory")
#define TILE_STORE(tile, base, stride) \
    __asm__ volatile("tilestored %%tmm" #tile ", (%0,%1,1)" : : "r"(base), "r"((int64_t)(stride)) : "memory")
#define TILE_ZERO(tile) __asm__ volatile("tilezero %%tmm" #tile ::)
#define TILE_RELEASE() __asm__ volatile("tilerelease" ::: "memory")
/* sum[m][n] += a[m][k] * b[k][n]: bf16 pairs to fp32; int8 quads to int32, b signed or unsigned. */
#define TILE_DOT(sum, a, b) __asm__ volatile("tdpbf16ps %%tmm" #b ", %%tmm" #a ", %%tmm" #sum ::)
#define TILE_DOT_SIGNED(sum, a, b) __asm__ volatile("tdpbssd %%tmm" #b ", %%tmm" #a ", %%tmm" #sum ::)
#define TILE_DOT_UNSIGNED(sum, a, b) __asm__ volatile("tdpbsud %%tmm" #b ", %%tmm" #a ", %%tmm" #sum ::)

typedef struct {
    uint8_t palette, start_row;
    uint8_t reserved[14];
    uint16_t column_bytes[16];
    uint8_t rows[16];
} ft_tile_config;

static inline void ft_configure_tiles(const ft_tile_config *config) {
    __asm__ volatile("ldtilecfg %0" : : "m"(*config) : "memory");
}

#endif
