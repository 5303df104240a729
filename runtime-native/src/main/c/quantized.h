/* What every kind of quantized product shares: sizes of blocks, values of codes. No instruction set needed. */
#ifndef FT_QUANTIZED_H
#define FT_QUANTIZED_H

#include "foretoken.h"
#include "widen.h"

/* Values of 4-bit codes; CodeBook.java. */
static const int8_t ft_book_values[FT_BOOKS][16] = {
    {-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113},
    {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12},
};

/* Scales, and minima where there are any, in front of a block's codes. */
static inline int64_t ft_block_header(const ft_format *format) {
    return 16 * ft_type_bytes(format->scale_type) * (1 + format->minimum);
}

static inline int64_t ft_block_bytes(const ft_format *format) {
    return ft_block_header(format) + 2 * format->block * format->bits;
}

/* Bytes of one panel over all `columns`. */
static inline int64_t ft_quantized_panel_bytes(const ft_product *product, int64_t columns) {
    return product->type == FT_BLOCKS ? columns / product->format.block * ft_block_bytes(&product->format) : (columns + 3) / 4 * 64;
}

/* Columns that share an activation scale; 0: all. */
static inline int64_t ft_activation_block(const ft_product *product) {
    return product->type == FT_BLOCKS ? product->format.block : 0;
}

/* Fetches a fair share of [at, end) at each of `visits` calls. */
typedef struct {
    const char *at, *end;
    int64_t lines; /* per visit */
} ft_ahead;

static inline ft_ahead ft_ahead_over(const char *at, const char *end, int64_t visits) {
    return (ft_ahead){at, end, (end - at + 64 * visits - 1) / (64 * visits)};
}

static inline __attribute__((always_inline)) void ft_fetch(ft_ahead *ahead) {
    for (int64_t i = 0; i < ahead->lines && ahead->at < ahead->end; i++, ahead->at += 64) {
        __builtin_prefetch(ahead->at, 0, 2);
    }
}

#endif
