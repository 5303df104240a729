/*
 * Products of quantized weights by integer dot products of four neighbouring bytes. Included once per ISA by its file, which defines
 *   vw, vw_of(codes)       64 weights, 16 rows by 4 columns, as the dot wants them
 *   vw_dot(acc, w, x)      acc + the 16 dots; x: as many dwords as FT_X_DWORDS, of one token
 *   FT_X_DWORDS            dwords per token and 4 columns: 1: four int8; 2: columns 0, 2 and columns 1, 3 as int16
 *   FT_BLOCK_SUMS          the file of the integer dots of a block: quantized_dots.h or quantized_vnni.h
 *   FT_CHAINS(tiles)       sums of one output that run beside each other, where an integer sum takes all of k
 *   FT_BLOCK_ROWS, FT_PAIRED_ROWS, FT_CHANNEL_ROWS, FT_EACH_BLOCK_TILE(M), FT_EACH_CHANNEL_TILE(M)   tile shapes: rows (tokens) by panels
 * Weights are the unsigned side; what that adds to a sum is the sum's initial value.
 */
#include "quantized.h"

#include "quantize_body.h"

/* In front of a block's activations, each [rows]: scale, scale * sum, and initial sums for codes that are 0, 8 and 128 too large. */
#define X_HEADER 5
#define TILE_PANELS 2

enum { CODES_8, CODES_4, CODES_4_BOOK, CODE_KINDS };

/* One output tile over all of k. */
typedef struct {
    const ft_product *product;
    const char *panels;
    int64_t panel_bytes;
    const char *x;
    int64_t columns;
    const float *scales, *bias; /* of the first panel's first row */
    float *out;
    int64_t outputs; /* of these panels that exist */
    int64_t rows;
    ft_ahead ahead;
} FT_NAME(quantized_tile);

static inline __attribute__((always_inline)) vf FT_NAME(load_scales)(const char *p, int64_t type) {
    return __builtin_expect(type == FT_F16, 1) ? vf_load_f16(p) : type == FT_BF16 ? vf_load_bf16(p) : vf_load(p);
}

/* sum[r][p] += w[p] . x[r] over 4 columns. */
static inline __attribute__((always_inline)) void FT_NAME(dots)(
    const int rows, const int panels, const vw *w, const int32_t *x, vi *sum) {
#pragma GCC unroll 12
    for (int r = 0; r < rows; r++) {
        vi inputs[FT_X_DWORDS];
#pragma GCC unroll 2
        for (int i = 0; i < FT_X_DWORDS; i++) {
            inputs[i] = vi_set1(x[i * rows + r]);
        }
#pragma GCC unroll 2
        for (int p = 0; p < panels; p++) {
            vw_dot(&sum[r * panels + p], w[p], inputs);
        }
    }
}

/* Writes acc + bias where outputs exist. */
static inline __attribute__((always_inline)) void FT_NAME(put)(
    const int rows, const int panels, const FT_NAME(quantized_tile) * tile, const vf *acc) {
#pragma GCC unroll 2
    for (int p = 0; p < panels; p++) {
        int64_t left = tile->outputs - 16 * p;
        int lanes = left < 16 ? (int)left : 16;
        vf bias = tile->bias == NULL ? vf_zero() : vf_load_first(tile->bias + 16 * p, lanes);
#pragma GCC unroll 12
        for (int r = 0; r < rows; r++) {
            vf_store_first(tile->out + r * tile->product->stride + 16 * p, vf_add(acc[r * panels + p], bias), lanes);
        }
    }
}

#include FT_BLOCK_SUMS

/* Which initial sums of the activations' header belong to a format. */
static inline int FT_NAME(correction)(const ft_format *format) {
    return format->bits == 8 || format->book >= FT_BOOK_IQ4NL ? 4 : format->book == FT_BOOK_LINEAR ? 3 : 2;
}

/* A book's values + 128. */
static inline vi FT_NAME(book_of)(const ft_format *format) {
    uint8_t values[16];
    for (int i = 0; i < 16; i++) {
        values[i] = (uint8_t)(ft_book_values[format->book][i] + 128);
    }
    return vi_table(values);
}

static inline __attribute__((always_inline)) void FT_NAME(block_tile)(
    const int rows, const int panels, const int kind, const FT_NAME(quantized_tile) * tile) {
    const ft_format *format = &tile->product->format;
    const int64_t header = ft_block_header(format), block_bytes = ft_block_bytes(format), type = format->scale_type;
    const int64_t steps = format->block / 4, minima = format->minimum * header / 2;
    const int correction = FT_NAME(correction)(format);
    const vi book = kind == CODES_4_BOOK ? FT_NAME(book_of)(format) : vi_set1(0);
    const char *w[TILE_PANELS], *x = tile->x;
    ft_ahead ahead = tile->ahead;
    vf acc[FT_BLOCK_ROWS * TILE_PANELS];
#pragma GCC unroll 24
    for (int i = 0; i < rows * panels; i++) {
        acc[i] = vf_zero();
    }
#pragma GCC unroll 2
    for (int p = 0; p < panels; p++) {
        w[p] = tile->panels + p * tile->panel_bytes;
    }
    for (int64_t block = tile->columns / format->block; block > 0; block--) {
        const float *scales = (const float *)(const void *)x;
        const int32_t *initial = (const int32_t *)(const void *)x + correction * rows;
        vi sum[FT_BLOCK_ROWS * TILE_PANELS];
        ft_fetch(&ahead);
        FT_NAME(block_sums)(
            rows, panels, kind, book, w[0] + header, tile->panel_bytes, steps, initial, (const int32_t *)(const void *)x + X_HEADER * rows, sum);
#pragma GCC unroll 2
        for (int p = 0; p < panels; p++) {
            vf scale = FT_NAME(load_scales)(w[p], type);
#pragma GCC unroll 12
            for (int r = 0; r < rows; r++) {
                acc[r * panels + p] = vf_fma(vi_float(sum[r * panels + p]), vf_mul(vf_set1(scales[r]), scale), acc[r * panels + p]);
            }
            if (minima != 0) {
                vf minimum = FT_NAME(load_scales)(w[p] + minima, type);
#pragma GCC unroll 12
                for (int r = 0; r < rows; r++) {
                    acc[r * panels + p] = vf_fma(vf_set1(scales[rows + r]), minimum, acc[r * panels + p]);
                }
            }
            w[p] += block_bytes;
        }
        x += (X_HEADER + steps * FT_X_DWORDS) * 4 * rows;
    }
    FT_NAME(put)(rows, panels, tile, acc);
}

/* One scale per output row and token: integers over all of k, in as many chains as hide the dot's latency. */
static inline __attribute__((always_inline)) void FT_NAME(channel_tile)(
    const int rows, const int panels, const FT_NAME(quantized_tile) * tile) {
    const int chains = FT_CHAINS(rows * panels);
    const float *scales = (const float *)(const void *)tile->x;
    const int32_t *initial = (const int32_t *)(const void *)tile->x + 4 * rows, *x = initial + rows;
    const char *w[TILE_PANELS];
    ft_ahead ahead = tile->ahead;
    vi sum[FT_CHANNEL_ROWS * TILE_PANELS];
#pragma GCC unroll 24
    for (int i = 0; i < chains * rows * panels; i++) {
        sum[i] = vi_set1(i < rows * panels ? initial[i / panels] : 0);
    }
#pragma GCC unroll 2
    for (int p = 0; p < panels; p++) {
        w[p] = tile->panels + p * tile->panel_bytes;
    }
    int64_t steps = (tile->columns + 3) / 4;
    const int turn = FT_X_DWORDS == 1 ? 8 : chains; /* widened weights take too many registers for more */
    for (; steps >= 8; steps -= 8) {
        ft_fetch(&ahead);
#pragma GCC unroll 1
        for (int left = 8; left > 0; left -= turn, x += turn * FT_X_DWORDS * rows) {
#pragma GCC unroll 8
            for (int step = 0; step < turn; step++) {
                vw weights[TILE_PANELS];
#pragma GCC unroll 2
                for (int p = 0; p < panels; p++) {
                    weights[p] = vw_of(vi_load(w[p] + step * 64));
                }
                FT_NAME(dots)(rows, panels, weights, x + step * FT_X_DWORDS * rows, sum + step % chains * rows * panels);
            }
#pragma GCC unroll 2
            for (int p = 0; p < panels; p++) {
                w[p] += turn * 64;
            }
        }
    }
#pragma GCC unroll 1
    for (; steps > 0; steps--, x += FT_X_DWORDS * rows) {
        vw weights[TILE_PANELS];
#pragma GCC unroll 2
        for (int p = 0; p < panels; p++) {
            weights[p] = vw_of(vi_load(w[p]));
            w[p] += 64;
        }
        FT_NAME(dots)(rows, panels, weights, x, sum);
    }
    vf result[FT_CHANNEL_ROWS * TILE_PANELS];
#pragma GCC unroll 24
    for (int i = 0; i < rows * panels; i++) {
#pragma GCC unroll 4
        for (int chain = 1; chain < chains; chain++) {
            sum[i] = vi_add(sum[i], sum[chain * rows * panels + i]);
        }
        vf scale = vf_mul(vf_set1(scales[i / panels]), vf_load(tile->scales + 16 * (i % panels)));
        result[i] = vf_mul(vi_float(sum[i]), scale);
    }
    FT_NAME(put)(rows, panels, tile, result);
}

#include "quantized_tiles.h"
