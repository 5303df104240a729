/* Sparse factors and norms of constant statistics, once per ISA. */

static void FT_NAME(affine_f32)(const void *argument, int64_t first, int64_t end) {
    const ft_affine_args *args = argument;
    for (int64_t row = first; row < end; row++) {
        const float *x = args->x + row * args->width;
        float *out = args->out + row * args->width;
        for (int64_t i = 0; i < args->width; i += 16) {
            int count = args->width - i < 16 ? (int)(args->width - i) : 16;
            vf scaled = vf_fma(vf_load_first(x + i, count), vf_load_first(args->weight + i, count), vf_load_first(args->bias + i, count));
            vf_store_first(out + i, scaled, count);
        }
    }
}

/* Tiles [first, end) of 16 tokens: each element's 16 numbers side by side. */
static void FT_NAME(turn_tokens_f32)(const void *argument, int64_t first, int64_t end) {
    const ft_gather_terms_args *args = argument;
    for (int64_t tile = first; tile < end; tile++) {
        int64_t tokens = args->tokens - tile * 16 < 16 ? args->tokens - tile * 16 : 16;
        const float *x = args->x + tile * 16 * args->width;
        float *out = (float *)args->turned + tile * 16 * args->width;
        for (int64_t i = 0; i < args->width; i++) {
            for (int64_t token = 0; token < 16; token++) {
                out[i * 16 + token] = token < tokens ? x[token * args->width + i] : 0;
            }
        }
    }
}

/* One token's outputs of a panel. */
static inline vf FT_NAME(gathered_outputs)(const ft_gather_terms_args *args, const float *x, int64_t panel) {
    const float *values = args->values + panel * args->terms * 16;
    const int32_t *places = args->places + panel * args->terms * 16;
    vf sum = vf_zero();
    for (int64_t j = 0; j < args->terms; j++) {
        sum = vf_fma(vf_load(values + j * 16), vf_gather(x, places + j * 16), sum);
    }
    return sum;
}

/* A panel's outputs of 16 tokens, [16 outputs][16 tokens]; four at a time, so that no chain waits for itself. */
static void FT_NAME(gathered_tokens)(const ft_gather_terms_args *args, const float *turned, int64_t panel, float *sums) {
    const float *values = args->values + panel * args->terms * 16;
    const int32_t *places = args->places + panel * args->terms * 16;
    for (int lane = 0; lane < 16; lane += 4) {
        vf a = vf_zero(), b = a, c = a, d = a;
        for (int64_t j = 0; j < args->terms; j++) {
            const float *value = values + j * 16 + lane;
            const int32_t *place = places + j * 16 + lane;
            a = vf_fma(vf_set1(value[0]), vf_load(turned + place[0] * 16), a);
            b = vf_fma(vf_set1(value[1]), vf_load(turned + place[1] * 16), b);
            c = vf_fma(vf_set1(value[2]), vf_load(turned + place[2] * 16), c);
            d = vf_fma(vf_set1(value[3]), vf_load(turned + place[3] * 16), d);
        }
        vf_store(sums + lane * 16, a);
        vf_store(sums + (lane + 1) * 16, b);
        vf_store(sums + (lane + 2) * 16, c);
        vf_store(sums + (lane + 3) * 16, d);
    }
}

static void FT_NAME(gather_terms_f32)(const void *argument, int64_t first, int64_t end) {
    const ft_gather_terms_args *args = argument;
    static const int32_t column[16] = {0, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240};
    float sums[256];
    for (int64_t panel = first; panel < end; panel++) {
        int lanes = args->rows - panel * 16 < 16 ? (int)(args->rows - panel * 16) : 16;
        vf bias = args->bias == NULL ? vf_zero() : vf_load_first(args->bias + panel * 16, lanes);
        for (int64_t token = 0; token < args->tokens; token++) {
            vf sum;
            if (args->turned == NULL) {
                sum = FT_NAME(gathered_outputs)(args, args->x + token * args->width, panel);
            } else {
                if (token % 16 == 0) {
                    FT_NAME(gathered_tokens)(args, args->turned + token * args->width, panel, sums);
                }
                sum = vf_gather(sums + token % 16, column);
            }
            vf_store_first(args->out + token * args->rows + panel * 16, vf_add(sum, bias), lanes);
        }
    }
}
