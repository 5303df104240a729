/*
 * Output tiles of a product with E4M3 weights: the arithmetic of bf16 weights within a block of columns that share a scale, then
 * `total = fma(sum, scale, total)` over ascending blocks. Included by matmul_body.h.
 */

static void ENC_NAME(widen)(const void *codes, int64_t units, void *out) {
    for (int64_t unit = 0; unit < units; unit++) {
        widen_e4m3((const char *)codes + unit * 64, (char *)out + unit * 128);
    }
}

/* Where panels of codes come from memory or are needed next: fetches what PREFETCH_STEPS of `panels` panels take. */
static inline __attribute__((always_inline)) void ENC_NAME(fetch)(const int panels, const ft_tile *tile, int64_t step, const char **ahead) {
    const char *end = tile->prefetch + tile->prefetch_bytes;
    for (int i = 0; i < PREFETCH_STEPS * panels && *ahead < end; i++, *ahead += 64) {
        _mm_prefetch(*ahead, _MM_HINT_T1);
    }
    for (int p = 0; tile->near && p < panels; p++) {
        const char *codes = tile->panels + p * tile->panel_bytes + step * (ENC_STEP_BYTES / 2) + FT_NEAR_BYTES;
#pragma GCC unroll 8
        for (int line = 0; line < PREFETCH_STEPS * ENC_STEP_BYTES / 2; line += 64) {
            _mm_prefetch(codes + line, _MM_HINT_T0);
        }
    }
}

static inline __attribute__((always_inline)) void ENC_NAME(any_tile)(const int rows, const int panels, const ft_tile *tile) {
    _Alignas(64) char wide[FT_MAX_TILE_PANELS][PREFETCH_STEPS * ENC_STEP_BYTES];
    vf total[FT_TILE_ROWS * FT_MAX_TILE_PANELS];
    for (int i = 0; i < rows * panels; i++) {
        total[i] = vf_zero();
    }
    const ENC_X *x = tile->x;
    const char *ahead = tile->prefetch;
    const int64_t blocks = (tile->steps + tile->block_steps - 1) / tile->block_steps;
    for (int64_t block = 0; block < blocks; block++) {
        vf acc[FT_TILE_ROWS * FT_MAX_TILE_PANELS];
#pragma GCC unroll 48
        for (int i = 0; i < rows * panels; i++) {
            acc[i] = vf_zero();
        }
        int64_t end = block + 1 < blocks ? (block + 1) * tile->block_steps : tile->steps;
        for (int64_t step = block * tile->block_steps; step < end; step += PREFETCH_STEPS) {
            int64_t steps = end - step < PREFETCH_STEPS ? end - step : PREFETCH_STEPS;
            const char *w[FT_MAX_TILE_PANELS];
            ENC_NAME(fetch)(panels, tile, step, &ahead);
#pragma GCC unroll 4
            for (int p = 0; p < panels; p++) {
                const char *panel = tile->panels + p * tile->panel_bytes;
                w[p] = tile->coded ? wide[p] : panel + step * ENC_STEP_BYTES;
                for (int64_t unit = 0; tile->coded && unit < (steps + 1) / 2; unit++) {
                    widen_e4m3(panel + step * (ENC_STEP_BYTES / 2) + unit * 64, wide[p] + unit * 128);
                }
            }
            ENC_NAME(chain)(rows, panels, w, ENC_STEP_BYTES, x, 1, rows, ENC_SUBSTEPS * rows, steps, acc);
            x += steps * ENC_SUBSTEPS * rows;
        }
#pragma GCC unroll 4
        for (int p = 0; p < panels; p++) {
            vf scale = vf_load(tile->scales + (p * blocks + block) * 16);
#pragma GCC unroll 12
            for (int r = 0; r < rows; r++) {
                total[r * panels + p] = vf_fma(acc[r * panels + p], scale, total[r * panels + p]);
            }
        }
    }
    for (int p = 0; p < panels; p++) {
        int64_t left = tile->out_columns - 16 * p;
        int lanes = left < 16 ? (int)left : 16;
        vf bias = tile->bias == NULL ? vf_zero() : vf_load_first(tile->bias + 16 * p, lanes);
        for (int r = 0; r < rows; r++) {
            vf_store_first(tile->out + r * tile->out_stride + 16 * p, vf_add(total[r * panels + p], bias), lanes);
        }
    }
}
