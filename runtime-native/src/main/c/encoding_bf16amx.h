/*
 * BF16 weights, and E4M3 weights widened to BF16, by the matrix unit (AMX): activations are rounded to bf16, sums are fp32, 32 columns per
 * instruction.
 *
 * A panel's 16 k-steps are a 1 KiB block that is a B tile as it lies. The instruction sums even and odd columns of its 32 apart and adds
 * both to the accumulator; since every tile shape walks k in the same blocks of 32, a token's result does not depend on its neighbours.
 */
#include "quantized.h"
#include "tiles_amx.h"

#define K_TILE_STEPS 16 /* 32 columns */
#define K_TILE_BYTES 1024
#define K_TILE_CODES 512 /* bytes of its E4M3 codes */

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
    const int64_t bytes = tile->coded ? K_TILE_CODES : K_TILE_BYTES;
    const char *weights = tile->panels + panel * tile->panel_bytes + k_tile * bytes + FT_NEAR_BYTES;
    if (tile->near) {
#pragma GCC unroll 8
        for (int line = 0; line < K_TILE_CODES; line += 64) {
            _mm_prefetch(weights + line, _MM_HINT_T0);
        }
    }
    if (tile->near && !tile->coded) {
#pragma GCC unroll 8
        for (int line = K_TILE_CODES; line < K_TILE_BYTES; line += 64) {
            _mm_prefetch(weights + line, _MM_HINT_T0);
        }
    }
}

/* The same of E4M3 weights, widened into `wide`. */
static inline __attribute__((always_inline)) const char *FT_NAME(wide_tile)(const char *codes, int64_t left, char *wide) {
    if (left < K_TILE_STEPS) {
        memset(wide, 0, K_TILE_BYTES);
        for (int64_t unit = 0; unit < (left + 1) / 2; unit++) {
            widen_e4m3(codes + unit * 64, wide + unit * 128);
        }
        return wide;
    }
#pragma GCC unroll 8
    for (int64_t unit = 0; unit < K_TILE_STEPS / 2; unit++) {
        widen_e4m3(codes + unit * 64, wide + unit * 128);
    }
    return wide;
}

/* The weights of k-tile `tile` of panel p: in place, or for the last, incomplete one a copy padded with zeros. */
static inline const char *FT_NAME(k_tile)(const ft_tile *tile, int64_t k_tile, int64_t p, char *padded) {
    const char *panel = tile->panels + p * tile->panel_bytes;
    int64_t left = tile->steps - k_tile * K_TILE_STEPS;
    if (tile->coded) {
        return FT_NAME(wide_tile)(panel + k_tile * K_TILE_CODES, left, padded);
    }
    if (left >= K_TILE_STEPS) {
        return panel + k_tile * K_TILE_BYTES;
    }
    memset(padded, 0, K_TILE_BYTES);
    memcpy(padded, panel + k_tile * K_TILE_BYTES, (size_t)left * 64);
    return padded;
}

/* Sums that wait for bias and a place: fp32 [rows][2 or 4 panels][16]. */
typedef struct {
    const ft_tile *tile;
    const float *sums;
    float *totals;  /* of the blocks before, laid out alike: out's lines may all fall into a few sets of the cache */
    int64_t stride; /* from row to row */
    int64_t panel, panels; /* first of the tile's */
    int64_t block, blocks; /* of columns that share a scale */
    int64_t row;           /* next to be written */
} FT_NAME(sums_waiting);

/* Adds sums of up to `count` rows, times their block's scales, to the totals of the blocks before. */
static void FT_NAME(add_sums)(FT_NAME(sums_waiting) * waiting, int64_t count) {
    const ft_tile *tile = waiting->tile;
    const float *scales = tile->scales + (waiting->panel * waiting->blocks + waiting->block) * 16;
    for (; count > 0 && waiting->row < tile->rows; count--, waiting->row++) {
        const float *sums = waiting->sums + waiting->row * waiting->stride;
        float *totals = waiting->totals + waiting->row * waiting->stride;
        for (int64_t p = 0; p < waiting->panels; p++) {
            vf total = waiting->block == 0 ? vf_zero() : vf_load(totals + 16 * p);
            vf_store(totals + 16 * p, vf_fma(vf_load(sums + 16 * p), vf_load(scales + p * waiting->blocks * 16), total));
        }
    }
}

/* Writes those outputs that exist of up to `count` rows, or adds to their totals until the last block. */
static void FT_NAME(put_sums)(FT_NAME(sums_waiting) * waiting, int64_t count) {
    const ft_tile *tile = waiting->tile;
    if (waiting->block + 1 < waiting->blocks) {
        FT_NAME(add_sums)(waiting, count);
        return;
    }
    for (; count > 0 && waiting->row < tile->rows; count--, waiting->row++) {
        for (int64_t p = 0; p < waiting->panels; p++) {
            int64_t column = (waiting->panel + p) * 16, left = tile->out_columns - column;
            int lanes = left < 16 ? (int)left : 16;
            vf sum = vf_load(waiting->sums + waiting->row * waiting->stride + 16 * p);
            if (tile->scales != NULL) {
                vf scale = vf_load(tile->scales + ((waiting->panel + p) * waiting->blocks + waiting->block) * 16);
                vf total = waiting->block == 0 ? vf_zero() : vf_load(waiting->totals + waiting->row * waiting->stride + 16 * p);
                sum = vf_fma(sum, scale, total);
            }
            vf bias = tile->bias == NULL ? vf_zero() : vf_load_first(tile->bias + column, lanes);
            vf_store_first(tile->out + waiting->row * tile->out_stride + column, vf_add(sum, bias), lanes);
        }
    }
}

/* What every part of a row of panels shares. */
typedef struct {
    ft_ahead ahead;
    int64_t first, end; /* k-tiles of the block */
    FT_NAME(sums_waiting) waiting;
    _Alignas(64) char padded[FT_MAX_TILE_PANELS][K_TILE_BYTES];
} FT_NAME(panel_row);

/* Up to 16 tokens by `panels` panels from `panel` on. */
static inline __attribute__((always_inline)) void FT_NAME(short_tile)(
    const int panels, const ft_tile *tile, int64_t panel, FT_NAME(panel_row) * at, float *sums) {
    const char *x = (const char *)tile->x + at->first * tile->rows * 64;
    int64_t rows_per_step = tile->rows / (at->end - at->first) + 1;
    TILE_ZERO(0);
    TILE_ZERO(1);
    TILE_ZERO(2);
    TILE_ZERO(3);
    for (int64_t k = at->first; k < at->end; k++, x += tile->rows * 64) {
        ft_fetch(&at->ahead);
        TILE_LOAD(4, x, 64);
        FT_NAME(fetch_near)(tile, k, panel);
        TILE_LOAD(5, FT_NAME(k_tile)(tile, k, panel, at->padded[0]), 64);
        TILE_DOT(0, 4, 5);
        if (panels > 1) {
            FT_NAME(fetch_near)(tile, k, panel + 1);
            TILE_LOAD(6, FT_NAME(k_tile)(tile, k, panel + 1, at->padded[1]), 64);
            TILE_DOT(1, 4, 6);
        }
        if (panels > 2) {
            FT_NAME(fetch_near)(tile, k, panel + 2);
            TILE_LOAD(7, FT_NAME(k_tile)(tile, k, panel + 2, at->padded[2]), 64);
            TILE_DOT(2, 4, 7);
            FT_NAME(fetch_near)(tile, k, panel + 3);
            TILE_LOAD(5, FT_NAME(k_tile)(tile, k, panel + 3, at->padded[3]), 64);
            TILE_DOT(3, 4, 5);
        }
        FT_NAME(put_sums)(&at->waiting, rows_per_step);
    }
    TILE_STORE(0, sums, 256);
    TILE_STORE(1, sums + 16, 256);
    TILE_STORE(2, sums + 32, 256);
    TILE_STORE(3, sums + 48, 256);
}

/* 17 to 32 tokens by one or two panels from `panel` on. */
static inline __attribute__((always_inline)) void FT_NAME(tall_tile)(
    const int panels, const ft_tile *tile, int64_t panel, FT_NAME(panel_row) * at, float *sums) {
    const char *x = (const char *)tile->x + at->first * tile->rows * 64;
    int64_t rows_per_step = tile->rows / (at->end - at->first) + 1;
    TILE_ZERO(0);
    TILE_ZERO(1);
    TILE_ZERO(2);
    TILE_ZERO(3);
    for (int64_t k = at->first; k < at->end; k++, x += tile->rows * 64) {
        ft_fetch(&at->ahead);
        TILE_LOAD(4, x, 64);
        FT_NAME(fetch_near)(tile, k, panel);
        TILE_LOAD(6, FT_NAME(k_tile)(tile, k, panel, at->padded[0]), 64);
        TILE_DOT(0, 4, 6);
        TILE_LOAD(5, x + 16 * 64, 64);
        TILE_DOT(2, 5, 6);
        if (panels > 1) {
            FT_NAME(fetch_near)(tile, k, panel + 1);
            TILE_LOAD(7, FT_NAME(k_tile)(tile, k, panel + 1, at->padded[1]), 64);
            TILE_DOT(1, 4, 7);
            TILE_DOT(3, 5, 7);
        }
        FT_NAME(put_sums)(&at->waiting, rows_per_step);
    }
    TILE_STORE(0, sums, 128);
    TILE_STORE(1, sums + 16, 128);
    TILE_STORE(2, sums + 16 * 32, 128);
    TILE_STORE(3, sums + 16 * 32 + 16, 128);
}

static void FT_NAME(any_tile)(int64_t panels, const ft_tile *tile, int64_t panel, FT_NAME(panel_row) * at, float *sums) {
    if (tile->rows > 16) {
        panels > 1 ? FT_NAME(tall_tile)(2, tile, panel, at, sums) : FT_NAME(tall_tile)(1, tile, panel, at, sums);
    } else if (panels > 2) {
        FT_NAME(short_tile)(4, tile, panel, at, sums);
    } else {
        panels > 1 ? FT_NAME(short_tile)(2, tile, panel, at, sums) : FT_NAME(short_tile)(1, tile, panel, at, sums);
    }
}

/* One tile of tokens by any number of panels; the sums of some are written while the next are multiplied. */
static void FT_JOIN4(ft_, sweep, bf16amx, FT_ISA)(const ft_tile *tile, int64_t panels) {
    _Alignas(64) FT_NAME(panel_row) at = {.waiting = {.tile = tile}};
    _Alignas(64) float sums[2][32 * 32], totals[32 * 32];
    const int64_t widest = tile->rows > 16 ? 2 : 4, k_tiles = (tile->steps + K_TILE_STEPS - 1) / K_TILE_STEPS;
    const int64_t block_tiles = (tile->block_steps + K_TILE_STEPS - 1) / K_TILE_STEPS, blocks = (k_tiles + block_tiles - 1) / block_tiles;
    int64_t width;
    at.waiting.row = tile->rows;
    at.ahead = ft_ahead_over(tile->prefetch, tile->prefetch + tile->prefetch_bytes, k_tiles * ((panels + widest - 1) / widest));
    FT_NAME(configure)(tile->rows < 16 ? (int)tile->rows : 16, tile->rows < 16 ? 0 : (int)tile->rows - 16);
    for (int64_t panel = 0, visit = 0; panel < panels; panel += width) {
        width = panels - panel < widest ? panels - panel : widest;
        width = width == 3 ? 2 : width;
        for (int64_t block = 0; block < blocks; block++, visit++) {
            at.first = block * block_tiles;
            at.end = block + 1 < blocks ? at.first + block_tiles : k_tiles;
            FT_NAME(any_tile)(width, tile, panel, &at, sums[visit % 2]);
            FT_NAME(put_sums)(&at.waiting, tile->rows);
            at.waiting = (FT_NAME(sums_waiting)){.tile = tile, .sums = sums[visit % 2], .totals = totals, .stride = 16 * widest,
                                                 .panel = panel, .panels = width, .block = block, .blocks = blocks};
        }
    }
    TILE_RELEASE();
    FT_NAME(put_sums)(&at.waiting, tile->rows);
}

/* x: fp32 [rows, columns] to bf16 [k-tile][row][32], columns rounded up to whole tiles with zeros. */
static void FT_JOIN4(ft_, pack, bf16amx, FT_ISA)(
    const float *x, const int32_t *sources, int64_t columns, int64_t rows, void *packed) {
    for (int64_t column = 0, tile = 0; column < columns; column += 32, tile++) {
        for (int64_t row = 0; row < rows; row++) {
            uint16_t *out = (uint16_t *)packed + (tile * rows + row) * 32;
            const float *in = ft_token_of(x, sources, row, columns) + column;
            int64_t left = columns - column;
            vf low = left >= 16 ? vf_load(in) : vf_load_first(in, (int)left);
            vf high = left >= 32 ? vf_load(in + 16) : left > 16 ? vf_load_first(in + 16, (int)left - 16) : vf_zero();
            vf_store_bf16(out, low);
            vf_store_bf16(out + 16, high);
        }
    }
}

static const ft_encoding FT_JOIN4(ft_, encoding, bf16amx, FT_ISA) = {
    .activation = FT_ACTIVATION_BF16_TILES,
    .step_columns = 2,
    .step_bytes = 64,
    .max_rows = 32,
    .sweep = FT_JOIN4(ft_, sweep, bf16amx, FT_ISA),
    .pack = FT_JOIN4(ft_, pack, bf16amx, FT_ISA),
    .pack_row_bytes_per_step = 4,
};

static void FT_NAME(widen)(const void *codes, int64_t units, void *out) {
    for (int64_t unit = 0; unit < units; unit++) {
        widen_e4m3((const char *)codes + unit * 64, (char *)out + unit * 128);
    }
}

static const ft_encoding FT_JOIN4(ft_, encoding, fp8amx, FT_ISA) = {
    .activation = FT_ACTIVATION_BF16_TILES,
    .step_columns = 2,
    .step_bytes = 32,
    .max_rows = 32,
    .sweep = FT_JOIN4(ft_, sweep, bf16amx, FT_ISA),
    .pack = FT_JOIN4(ft_, pack, bf16amx, FT_ISA),
    .widen = FT_NAME(widen),
    .pack_row_bytes_per_step = 4,
};
