/*
 * Products with matrices of few columns, added to rows that lie anywhere: the second half of a low-rank addition. Weights are F32 or BF16
 * panels, widened to fp32. One chain of multiply-adds over ascending k from zero, then one multiply-add with the scale onto the output,
 * whatever the tile: the same bits for a row alone or among others. Included once per ISA that has fp32 multiply-add.
 */

/* A tile: `rows` rows from `row` on by `panels` panels from `panel` on. */
static inline __attribute__((always_inline)) void FT_NAME(lift_tile)(const ft_lift *lift, int64_t row, int rows, int64_t panel, int panels) {
    const int pairs = lift->type == FT_BF16;
    const int64_t k = lift->k, panel_bytes = pairs ? (k + k % 2) * 32 : k * 64;
    const char *weights = (const char *)lift->panels + panel * panel_bytes;
    const float *x = lift->x + row * k;
    vf sums[4][2];
    for (int r = 0; r < rows; r++) {
        for (int p = 0; p < panels; p++) {
            sums[r][p] = vf_zero();
        }
    }
    if (pairs) {
        for (int64_t i = 0; i < k; i++) {
            vf w[2];
            for (int p = 0; p < panels; p++) {
                const char *at = weights + p * panel_bytes + (i >> 1) * 64;
                w[p] = i % 2 == 0 ? vf_load_bf16_even(at) : vf_load_bf16_odd(at);
            }
            for (int r = 0; r < rows; r++) {
                vf factor = vf_set1(x[r * k + i]);
                for (int p = 0; p < panels; p++) {
                    sums[r][p] = vf_fma(factor, w[p], sums[r][p]);
                }
            }
        }
    } else {
        for (int64_t i = 0; i < k; i++) {
            vf w[2];
            for (int p = 0; p < panels; p++) {
                w[p] = vf_load(weights + p * panel_bytes + i * 64);
            }
            for (int r = 0; r < rows; r++) {
                vf factor = vf_set1(x[r * k + i]);
                for (int p = 0; p < panels; p++) {
                    sums[r][p] = vf_fma(factor, w[p], sums[r][p]);
                }
            }
        }
    }
    vf scale = vf_set1((float)lift->scale);
    for (int r = 0; r < rows; r++) {
        float *out = lift->out + lift->targets[row + r] * lift->columns + panel * 16;
        for (int p = 0; p < panels; p++) {
            int64_t left = lift->columns - (panel + p) * 16;
            if (left >= 16) {
                vf_store(out + p * 16, vf_fma(scale, sums[r][p], vf_load(out + p * 16)));
            } else {
                vf_store_first(out + p * 16, vf_fma(scale, sums[r][p], vf_load_first(out + p * 16, (int)left)), (int)left);
            }
        }
    }
}

/* All rows by panels [first, end): rows outside, since a row's outputs lie side by side and the weights of a task stay in the cache. */
static void FT_NAME(lift)(const ft_lift *lift, int64_t first, int64_t end) {
    int64_t row = 0;
    for (; row + 4 <= lift->rows; row += 4) {
        int64_t panel = first;
        for (; panel + 2 <= end; panel += 2) {
            FT_NAME(lift_tile)(lift, row, 4, panel, 2);
        }
        if (panel < end) {
            FT_NAME(lift_tile)(lift, row, 4, panel, 1);
        }
    }
    for (; row < lift->rows; row++) {
        int64_t panel = first;
        for (; panel + 2 <= end; panel += 2) {
            FT_NAME(lift_tile)(lift, row, 1, panel, 2);
        }
        if (panel < end) {
            FT_NAME(lift_tile)(lift, row, 1, panel, 1);
        }
    }
}
