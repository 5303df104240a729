/* The integer dots of one block. codes: of the first panel, stride bytes from the next one's; steps: groups of 4 columns; initial: what a
 * token's sums begin with; x: [steps][FT_X_DWORDS][rows]. */
static inline __attribute__((always_inline)) void FT_NAME(block_sums)(
    const int rows, const int panels, const int kind, vi book, const char *codes, int64_t stride, int64_t steps, const int32_t *initial,
    const int32_t *x, vi *sum) {
    vw w[TILE_PANELS];
#pragma GCC unroll 12
    for (int i = 0; i < rows * panels; i++) {
        sum[i] = vi_set1(initial[i / panels]);
    }
    if (kind == CODES_8) {
        for (int64_t step = 0; step < steps; step++, x += FT_X_DWORDS * rows) {
#pragma GCC unroll 2
            for (int p = 0; p < panels; p++) {
                w[p] = vw_of(vi_load(codes + p * stride + step * 64));
            }
            FT_NAME(dots)(rows, panels, w, x, sum);
        }
        return;
    }
    for (int64_t step = 0; step < steps; step += 2, x += 2 * FT_X_DWORDS * rows) {
        vi both[TILE_PANELS];
#pragma GCC unroll 2
        for (int p = 0; p < panels; p++) {
            both[p] = vi_load(codes + p * stride + step * 32);
            vi low = vi_low_nibbles(both[p]);
            w[p] = vw_of(kind == CODES_4_BOOK ? vi_lookup(book, low) : low);
        }
        FT_NAME(dots)(rows, panels, w, x, sum);
#pragma GCC unroll 2
        for (int p = 0; p < panels; p++) {
            vi high = vi_high_nibbles(both[p]);
            w[p] = vw_of(kind == CODES_4_BOOK ? vi_lookup(book, high) : high);
        }
        FT_NAME(dots)(rows, panels, w, x + FT_X_DWORDS * rows, sum);
    }
}
