/*
 * BF16 weights by the matrix unit (AMX): activations are rounded to bf16, sums are fp32, 32 columns per instruction.
 *
 * A panel's 16 k-steps are a 1 KiB block that is a B tile as it lies. The instruction sums even and odd columns of its 32 apart and adds
 * both to the accumulator; since every tile shape walks k in the same blocks of 32, a token's result does not depend on its neighbours.
 */
#include "tiles_amx.h"

#define K_TILE_STEPS 16 /* 32 columns */
#define K_TILE_BYTES 1024

/* tmm0-3: sums; for one row block 4: activations, 5-7: weights; for two 4, 5: activations, 6, 7: weights. */
static void FT_NAME(configure)(int upper_rows, int lower_rows) {
    ft_tile_config config = {.palette = 1};
    for (int i = 0; i < 8; i++) {
        config.column_bytes[i] = 64;
        config.rows[i] = 16;
    }
    config.rows[4] = (uint8_t)upper_rows;
    if (lower_rows > 0) {
        config.rows[0] = config.rows[1] = (uint8_t)upper_rows;
        config.rows[2] = config.rows[3] = config.rows[5] = (uint8_t)lower_rows;
    } else {
        config.rows[0] = config.rows[1] = config.rows[2] = config.rows[3] = (uint8_t)upper_rows;
    }
    ft_configure_tiles(&config);
}

/* Where a panel comes from memory: fetches a k-tile's worth, a little ahead of k-tile `k_tile`. */
static inline __attribute__((always_inline)) void FT_NAME(fetch_near)(const ft_tile *tile, int64_t k_tile, int64_t panel) {
    const char *weights = tile->panels + panel * tile->panel_bytes + k_tile * K_TILE_BYTES + FT_NEAR_BYTES;
    if (tile->near) {
#pragma GCC unroll 16
        for (int line = 0; line < K_TILE_BYTES; line += 64) {
            _mm_prefetch(weights + line, _MM_HINT_T0);
        }
    }
}

static inline void FT_NAME(fetch_ahead)(const char **ahead, const char *end, int lines) {
    for (int i = 0; i < lines && *ahead < end; i++, *ahead += 64) {
        _mm_prefetch(*ahead, _MM_HINT_T1);
    }
}

/* The weights of k-tile `tile` of panel p: in place, or for the last, incomplete one a copy padded with zeros. */
static inline const char *FT_NAME(k_tile)(const ft_tile *tile, int64_t k_tile, int64_t p, char (*padded)[K_TILE_BYTES]) {
    const char *panel = tile->panels + p * tile->panel_bytes;
    int64_t left = tile->steps - k_tile * K_TILE_STEPS;
    if (left >= K_TILE_STEPS) {
        return panel + k_tile * K_TILE_BYTES;
    }
    memset(padded[p], 0, K_TILE_BYTES);
    memcpy(padded[p], panel + k_tile * K_TILE_BYTES, (size_t)left * 64);
    return padded[p];
}

/* Up to 16 tokens by `panels` panels. */
static inline __attribute__((always_inline)) void FT_NAME(short_tile)(const int panels, const ft_tile *tile, char (*padded)[K_TILE_BYTES]) {
    const char *x = tile->x;
    const char *ahead = tile->prefetch, *ahead_end = ahead + tile->prefetch_bytes;
    int64_t k_tiles = (tile->steps + K_TILE_STEPS - 1) / K_TILE_STEPS;
    TILE_ZERO(0);
    TILE_ZERO(1);
    TILE_ZERO(2);
    TILE_ZERO(3);
    for (int64_t k = 0; k < k_tiles; k++, x += tile->rows * 64) {
        FT_NAME(fetch_ahead)(&ahead, ahead_end, panels * 16);
        TILE_LOAD(4, x, 64);
        FT_NAME(fetch_near)(tile, k, 0);
        TILE_LOAD(5, FT_NAME(k_tile)(tile, k, 0, padded), 64);
        TILE_DOT(0, 4, 5);
        if (panels > 1) {
            FT_NAME(fetch_near)(tile, k, 1);
            TILE_LOAD(6, FT_NAME(k_tile)(tile, k, 1, padded), 64);
            TILE_DOT(1, 4, 6);
        }
        if (panels > 2) {
            FT_NAME(fetch_near)(tile, k, 2);
            TILE_LOAD(7, FT_NAME(k_tile)(tile, k, 2, padded), 64);
            TILE_DOT(2, 4, 7);
            FT_NAME(fetch_near)(tile, k, 3);
            TILE_LOAD(5, FT_NAME(k_tile)(tile, k, 3, padded), 64);
            TILE_DOT(3, 4, 5);
        }
    }
}

/* 17 to 32 tokens by one or two panels. */
static inline __attribute__((always_inline)) void FT_NAME(tall_tile)(const int panels, const ft_tile *tile, char (*padded)[K_TILE_BYTES]) {
    const char *x = tile->x;
    const char *ahead = tile->prefetch, *ahead_end = ahead + tile->prefetch_bytes;
    int64_t k_tiles = (tile->steps + K_TILE_STEPS - 1) / K_TILE_STEPS;
    TILE_ZERO(0);
    TILE_ZERO(1);
    TILE_ZERO(2);
    TILE_ZERO(3);
    for (int64_t k = 0; k < k_tiles; k++, x += tile->rows * 64) {
        FT_NAME(fetch_ahead)(&ahead, ahead_end, panels * 16);
        TILE_LOAD(4, x, 64);
        FT_NAME(fetch_near)(tile, k, 0);
        TILE_LOAD(6, FT_NAME(k_tile)(tile, k, 0, padded), 64);
        TILE_DOT(0, 4, 6);
        TILE_LOAD(5, x + 16 * 64, 64);
        TILE_DOT(2, 5, 6);
        if (panels > 1) {
            FT_NAME(fetch_near)(tile, k, 1);
            TILE_LOAD(7, FT_NAME(k_tile)(tile, k, 1, padded), 64);
            TILE_DOT(1, 4, 7);
            TILE_DOT(3, 5, 7);
        }
    }
}

/* Adds the bias to sums, fp32 [rows][4 panels][16], and writes those outputs that exist. */
static void FT_NAME(put_out)(const ft_tile *tile, int64_t panels, const float *sums) {
    for (int64_t p = 0; p < panels; p++) {
        int64_t left = tile->out_columns - 16 * p;
        int lanes = left < 16 ? (int)left : 16;
        vf bias = tile->bias == NULL ? vf_zero() : vf_load_first(tile->bias + 16 * p, lanes);
        for (int64_t r = 0; r < tile->rows; r++) {
            vf_store_first(tile->out + r * tile->out_stride + 16 * p, vf_add(vf_load(sums + r * 64 + 16 * p), bias), lanes);
        }
    }
}

static inline __attribute__((always_inline)) void FT_NAME(amx_tile)(const int panels, const ft_tile *tile) {
    _Alignas(64) char padded[FT_MAX_TILE_PANELS][K_TILE_BYTES];
    _Alignas(64) float sums[32 * 64];
    int64_t rows = tile->rows;
    FT_NAME(configure)(rows < 16 ? (int)rows : 16, rows < 16 ? 0 : (int)rows - 16);
    if (rows <= 16) {
        FT_NAME(short_tile)(panels, tile, padded);
        TILE_STORE(0, sums, 256);
        TILE_STORE(1, sums + 16, 256);
        TILE_STORE(2, sums + 32, 256);
        TILE_STORE(3, sums + 48, 256);
    } else {
        FT_NAME(tall_tile)(panels, tile, padded);
        TILE_STORE(0, sums, 256);
        TILE_STORE(1, sums + 16, 256);
        TILE_STORE(2, sums + 16 * 64, 256);
        TILE_STORE(3, sums + 16 * 64 + 16, 256);
    }
    TILE_RELEASE();
    FT_NAME(put_out)(tile, panels, sums);
}

static void FT_JOIN4(ft_, tile1, bf16amx, FT_ISA)(const ft_tile *tile) {
    FT_NAME(amx_tile)(1, tile);
}

static void FT_JOIN4(ft_, tile2, bf16amx, FT_ISA)(const ft_tile *tile) {
    FT_NAME(amx_tile)(2, tile);
}

static void FT_JOIN4(ft_, tile4, bf16amx, FT_ISA)(const ft_tile *tile) {
    FT_NAME(amx_tile)(4, tile);
}

/* x: fp32 [rows, columns] to bf16 [k-tile][row][32], columns rounded up to whole tiles with zeros. */
static void FT_JOIN4(ft_, pack, bf16amx, FT_ISA)(const float *x, int64_t columns, int64_t rows, void *packed) {
    for (int64_t column = 0, tile = 0; column < columns; column += 32, tile++) {
        for (int64_t row = 0; row < rows; row++) {
            uint16_t *out = (uint16_t *)packed + (tile * rows + row) * 32;
            const float *in = x + row * columns + column;
            int64_t left = columns - column;
            vf low = left >= 16 ? vf_load(in) : vf_load_first(in, (int)left);
            vf high = left >= 32 ? vf_load(in + 16) : left > 16 ? vf_load_first(in + 16, (int)left - 16) : vf_zero();
            vf_store_bf16(out, low);
            vf_store_bf16(out + 16, high);
        }
    }
}

#define SHORT_ROW {FT_JOIN4(ft_, tile1, bf16amx, FT_ISA), FT_JOIN4(ft_, tile2, bf16amx, FT_ISA), NULL, FT_JOIN4(ft_, tile4, bf16amx, FT_ISA)}
#define TALL_ROW {FT_JOIN4(ft_, tile1, bf16amx, FT_ISA), FT_JOIN4(ft_, tile2, bf16amx, FT_ISA), NULL, NULL}
#define FOUR(row) row, row, row, row

static const ft_encoding FT_JOIN4(ft_, encoding, bf16amx, FT_ISA) = {
    .activation = FT_ACTIVATION_BF16_TILES,
    .step_columns = 2,
    .step_bytes = 64,
    .max_rows = 32,
    .tiles = {FOUR(SHORT_ROW), FOUR(SHORT_ROW), FOUR(SHORT_ROW), FOUR(SHORT_ROW),
              FOUR(TALL_ROW), FOUR(TALL_ROW), FOUR(TALL_ROW), FOUR(TALL_ROW)},
    .pack = FT_JOIN4(ft_, pack, bf16amx, FT_ISA),
    .pack_row_bytes_per_step = 4,
    .attend = NULL,
};

#undef SHORT_ROW
#undef TALL_ROW
#undef FOUR
