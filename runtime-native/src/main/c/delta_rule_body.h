/* The gated delta rule; included by chunk_body.h. Queries and keys were divided by their lengths before. */

typedef struct {
    FT_LINES(float decays[FT_CHUNK]);
    float strengths[FT_CHUNK], reach[FT_CHUNK], from_state[FT_CHUNK], to_end[FT_CHUNK];
    float keys[FT_CHUNK * FT_CHUNK], queries[FT_CHUNK * FT_CHUNK]; /* weights of pairs */
} FT_NAME(delta_chunk);

/* Log2 decays and strengths of the corrections. */
static void FT_NAME(delta_gates)(const ft_delta_rule_args *args, int64_t token, int64_t tokens, int64_t head, float *decays, float *strengths) {
    FT_NAME(time_steps)(args->time, token, tokens, head, args->time_bias[head], decays);
    memset(strengths, 0, FT_CHUNK * sizeof *strengths);
    for (int64_t i = 0; i < tokens; i++) {
        decays[i] = FT_NAME(rate)(args->a[head]) * decays[i];
        strengths[i] = args->beta.data[(token + i) * args->beta.stride + head];
    }
    for (int64_t i = 0; i < tokens; i += 16) {
        vf_store(strengths + i, vf_sigmoid_gate(vf_set1(1.0f), vf_load(strengths + i)));
    }
}

/* weights[i][j] = dots[i][j] * 2^(reach[i] - reach[j]) for j <= i, of keys and of queries. */
static void FT_NAME(delta_weigh)(const float *dots, int64_t tokens, FT_NAME(delta_chunk) * chunk) {
    for (int64_t i = 0; i < tokens; i++) {
        for (int64_t j = 0; j <= i; j += 16) {
            int64_t at = i * FT_CHUNK + j;
            vf apart = vf_min(vf_zero(), vf_sub(vf_set1(chunk->reach[i]), vf_load(chunk->reach + j))); /* nothing reads j > i */
            vf falling = vf_exp2_falling(apart);
            vf_store(chunk->keys + at, vf_mul(vf_load(dots + at), falling));
            vf_store(chunk->queries + at, vf_mul(vf_load(dots + FT_CHUNK * FT_CHUNK + at), falling));
        }
    }
}

static void FT_NAME(delta_prepare)(
    const ft_delta_rule_args *args, int64_t token, int64_t tokens, int64_t head, const float *dots, FT_NAME(delta_chunk) * chunk) {
    FT_NAME(delta_gates)(args, token, tokens, head, chunk->decays, chunk->strengths);
    FT_NAME(reaches)(chunk->decays, tokens, chunk->reach);
    FT_NAME(powers)(chunk->reach, chunk->from_state);
    FT_NAME(delta_weigh)(dots, tokens, chunk);
    vf last = vf_set1(chunk->reach[tokens - 1]);
    for (int64_t i = 0; i < FT_CHUNK; i += 16) {
        vf_store(chunk->to_end + i, vf_exp2_falling(vf_sub(last, vf_load(chunk->reach + i))));
    }
}

/* Those of tokens [first, first + count): what tokens before `first` wrote is summed for all, then each adds what the one before it wrote. */
static inline __attribute__((always_inline)) void FT_NAME(delta_some_corrections)(
    const int count, const int vectors, const int whole, const FT_NAME(delta_chunk) * chunk, const FT_NAME(part) * values, int64_t first,
    const float *carried, float *corrections) {
    FT_NAME(part) before = {corrections, FT_HEAD_LANES, FT_HEAD_LANES};
    vf made[FT_CHUNK_ROWS][FT_HEAD_VECTORS];
#pragma GCC unroll 16
    for (int r = 0; r < count; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            made[r][v] = vf_zero();
        }
    }
    FT_NAME(accumulate)(count, vectors, 1, made, chunk->keys + first * FT_CHUNK, FT_CHUNK, 1, &before, first);
#pragma GCC unroll 16
    for (int r = 0; r < count; r++) {
        const int64_t i = first + r;
#pragma GCC unroll 16
        for (int j = 0; j < r; j++) {
            vf weight = vf_set1(chunk->keys[i * FT_CHUNK + first + j]);
#pragma GCC unroll 16
            for (int v = 0; v < vectors; v++) {
                made[r][v] = vf_fma(weight, made[j][v], made[r][v]);
            }
        }
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            vf known = vf_fma(vf_set1(chunk->from_state[i]), vf_load(carried + i * FT_HEAD_LANES + v * 16), made[r][v]);
            made[r][v] = vf_mul(vf_set1(chunk->strengths[i]), vf_sub(FT_NAME(part_load)(whole, values, i, v), known));
            vf_store(corrections + i * FT_HEAD_LANES + v * 16, made[r][v]);
        }
    }
}

/* corrections[i] = strength * (value - what the state and the tokens before it hold for its key). */
static inline __attribute__((always_inline)) void FT_NAME(delta_corrections)(
    const int vectors, const int whole, const FT_NAME(delta_chunk) * chunk, const FT_NAME(part) * values, int64_t tokens, const float *carried,
    float *corrections) {
    int64_t i = 0;
    for (; i + FT_CHUNK_ROWS <= tokens; i += FT_CHUNK_ROWS) {
        FT_NAME(delta_some_corrections)(FT_CHUNK_ROWS, vectors, whole, chunk, values, i, carried, corrections);
    }
    for (; i < tokens; i++) {
        FT_NAME(delta_some_corrections)(1, vectors, whole, chunk, values, i, carried, corrections);
    }
}

static inline __attribute__((always_inline)) void FT_NAME(delta_some_outputs)(
    const int count, const int vectors, const int whole, const FT_NAME(delta_chunk) * chunk, int64_t first, const float *carried,
    float *corrections, const FT_NAME(part) * out) {
    vf own[FT_CHUNK_ROWS][FT_HEAD_VECTORS];
    FT_NAME(mix)(count, vectors, 1, chunk->queries, corrections, first, own);
#pragma GCC unroll 16
    for (int r = 0; r < count; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            vf from_state = vf_load(carried + (first + r) * FT_HEAD_LANES + v * 16);
            FT_NAME(part_store)(whole, out, first + r, v, vf_fma(vf_set1(chunk->from_state[first + r]), from_state, own[r][v]));
        }
    }
}

static inline __attribute__((always_inline)) void FT_NAME(delta_outputs)(
    const int vectors, const int whole, const FT_NAME(delta_chunk) * chunk, int64_t tokens, const float *carried, float *corrections,
    const FT_NAME(part) * out) {
    int64_t i = 0;
    for (; i + FT_CHUNK_ROWS <= tokens; i += FT_CHUNK_ROWS) {
        FT_NAME(delta_some_outputs)(FT_CHUNK_ROWS, vectors, whole, chunk, i, carried, corrections, out);
    }
    for (; i < tokens; i++) {
        FT_NAME(delta_some_outputs)(1, vectors, whole, chunk, i, carried, corrections, out);
    }
}

/* Elements of a value head that are computed together; keys: of its key head, turned, then queries. */
static void FT_NAME(delta_chunk_part)(
    const ft_delta_rule_args *args, const FT_NAME(delta_chunk) * chunk, const float *keys, int64_t token, int64_t tokens, int64_t head,
    int64_t element, FT_NAME(part) state) {
    FT_LINES(float carried[FT_CHUNK * FT_HEAD_LANES]);
    FT_LINES(float corrections[FT_CHUNK * FT_HEAD_LANES]);
    FT_LINES(float room[FT_PACKED_STATES * FT_HEAD_LANES]);
    int64_t width = args->value_dim;
    FT_NAME(part) copy = FT_NAME(packed)(&state, args->key_dim, tokens, room);
    FT_NAME(part) values = {(float *)args->v.data + token * args->v.stride + head * width + element, args->v.stride, state.lanes};
    FT_NAME(part) out = {args->out + (token * args->value_heads + head) * width + element, args->value_heads * width, state.lanes};
    FT_NAME(multiply)(keys, tokens, &copy, args->key_dim, carried);
#define FT_CALL(vectors, whole) FT_NAME(delta_corrections)(vectors, whole, chunk, &values, tokens, carried, corrections)
    FT_WITH_VECTORS(state.lanes, FT_CALL)
#undef FT_CALL
    FT_NAME(multiply)(keys + args->key_dim * FT_TURNED, tokens, &copy, args->key_dim, carried);
#define FT_CALL(vectors, whole) FT_NAME(delta_outputs)(vectors, whole, chunk, tokens, carried, corrections, &out)
    FT_WITH_VECTORS(state.lanes, FT_CALL)
#undef FT_CALL
    FT_NAME(part) written = {corrections, FT_HEAD_LANES, FT_HEAD_LANES};
    FT_NAME(advance)(&copy, args->key_dim, chunk->from_state[tokens - 1], keys, chunk->to_end, &written, tokens);
    FT_NAME(unpacked)(&copy, &state, args->key_dim);
}

/* One token by the recurrence. */
static inline __attribute__((always_inline)) void FT_NAME(delta_step)(
    const int vectors, const int whole, const ft_delta_rule_args *args, int64_t token, int64_t head, int64_t element, float decay, float strength,
    const FT_NAME(part) * state) {
    int64_t width = args->value_dim, stride = args->key_heads * args->key_dim;
    int64_t at = token * stride + head / (args->value_heads / args->key_heads) * args->key_dim;
    const float *key = args->units + at, *query = args->units + args->tokens * stride + at;
    FT_NAME(part) value = {(float *)args->v.data + token * args->v.stride + head * width + element, 0, state->lanes};
    FT_NAME(part) out = {args->out + (token * args->value_heads + head) * width + element, 0, state->lanes};
    vf known[FT_HEAD_VECTORS], read[FT_HEAD_VECTORS];
#pragma GCC unroll 16
    for (int v = 0; v < vectors; v++) {
        known[v] = vf_zero();
        read[v] = vf_zero();
    }
    for (int64_t n = 0; n < args->key_dim; n++) {
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            vf h = vf_mul(vf_set1(decay), FT_NAME(part_load)(whole, state, n, v));
            FT_NAME(part_store)(whole, state, n, v, h);
            known[v] = vf_fma(vf_set1(key[n]), h, known[v]);
        }
    }
#pragma GCC unroll 16
    for (int v = 0; v < vectors; v++) {
        known[v] = vf_mul(vf_set1(strength), vf_sub(FT_NAME(part_load)(whole, &value, 0, v), known[v]));
    }
    for (int64_t n = 0; n < args->key_dim; n++) {
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            vf h = vf_fma(vf_set1(key[n]), known[v], FT_NAME(part_load)(whole, state, n, v));
            FT_NAME(part_store)(whole, state, n, v, h);
            read[v] = vf_fma(vf_set1(query[n]), h, read[v]);
        }
    }
#pragma GCC unroll 16
    for (int v = 0; v < vectors; v++) {
        FT_NAME(part_store)(whole, &out, 0, v, read[v]);
    }
}

/* Keys, then queries, of generated tokens [first, end) by their lengths into args->units. */
static void FT_NAME(delta_units_f32)(const void *argument, int64_t first, int64_t end) {
    const ft_delta_rule_args *args = argument;
    int64_t width = args->key_dim;
    for (int64_t i = first * args->key_heads; i < end * args->key_heads; i++) {
        for (int kind = 0; kind < 2; kind++) {
            ft_vectors source = kind == 0 ? args->k : args->q;
            const float *x = source.data + i / args->key_heads * source.stride + i % args->key_heads * width;
            float *out = args->units + (kind * args->tokens * args->key_heads + i) * width;
            vf factor = vf_set1(FT_NAME(inverse_length)(x, width, 1, args->epsilon));
            vf scale = vf_set1(kind == 0 ? 1.0f : (float)(1 / __builtin_sqrt((double)width)));
            for (int64_t e = 0; e < width; e += 16) {
                int lanes = width - e < 16 ? (int)(width - e) : 16;
                vf_store_first(out + e, vf_mul(vf_mul(vf_load_first(x + e, lanes), factor), scale), lanes);
            }
        }
    }
}

/* Keys or queries of one head by their lengths, turned. */
static void FT_NAME(turn_units)(
    const ft_delta_rule_args *args, ft_vectors source, int64_t head, int64_t token, int64_t tokens, float scale, float *turned) {
    float factors[FT_CHUNK];
    ft_vectors x = {source.data + head * args->key_dim, source.stride};
    for (int64_t j = 0; j < tokens; j++) {
        const float *row = x.data + (token + j) * x.stride;
        for (int64_t e = 0; e < args->key_dim; e += 16) {
            __builtin_prefetch(row + args->key_dim + e); /* of the next head */
        }
        factors[j] = FT_NAME(inverse_length)(row, args->key_dim, 1, args->epsilon);
    }
    FT_NAME(turn_chunk)(x, token, tokens, args->key_dim, factors, scale, turned);
}

/* Keys by keys and queries by keys of the pairs of a chunk, keys and queries: [key_heads, FT_DELTA_FLOATS] from dots on. */
static void FT_NAME(delta_dots_f32)(const void *argument, int64_t token, int64_t tokens, float *dots) {
    const ft_delta_rule_args *args = argument;
    int64_t width = args->key_dim;
    for (int64_t head = 0; head < args->key_heads; head++, dots += FT_DELTA_FLOATS(width)) {
        float *keys = dots + 2 * FT_CHUNK * FT_CHUNK, *queries = keys + width * FT_TURNED;
        FT_NAME(turn_units)(args, args->k, head, token, tokens, 1.0f, keys);
        FT_NAME(turn_units)(args, args->q, head, token, tokens, (float)(1 / __builtin_sqrt((double)width)), queries);
        FT_NAME(pair_dots)(keys, keys, tokens, width, dots);
        FT_NAME(pair_dots)(queries, keys, tokens, width, dots + FT_CHUNK * FT_CHUNK);
    }
}

/* One value head of one row; dots: of the row's chunks. */
static void FT_NAME(delta_rule_f32)(const void *argument, int64_t row, int64_t head, const float *dots) {
    const ft_delta_rule_args *args = argument;
    int64_t token = args->rows.token_offsets[row], last = token + args->rows.token_counts[row];
    int64_t width = args->value_dim;
    float *state = ft_state_of(&args->rows, row) + head * args->key_dim * width;
    dots += head / (args->value_heads / args->key_heads) * FT_DELTA_FLOATS(args->key_dim);
    int64_t tokens;
    for (int64_t end = token + ft_prompt_part(&args->rows, row); token < end; token += tokens) {
        FT_NAME(delta_chunk) chunk;
        tokens = ft_least(end - token, FT_CHUNK);
        FT_NAME(delta_prepare)(args, token, tokens, head, dots, &chunk);
        for (int64_t element = 0; element < width; element += FT_HEAD_LANES) {
            FT_NAME(part) part = {state + element, width, (int)ft_least(width - element, FT_HEAD_LANES)};
            FT_NAME(delta_chunk_part)(args, &chunk, dots + 2 * FT_CHUNK * FT_CHUNK, token, tokens, head, element, part);
        }
        dots += args->key_heads * FT_DELTA_FLOATS(args->key_dim);
    }
    for (; token < last; token++) {
        FT_LINES(float decays[FT_CHUNK]);
    float strengths[FT_CHUNK];
        FT_NAME(delta_gates)(args, token, 1, head, decays, strengths);
        float decay = FT_NAME(power)(decays[0]);
        for (int64_t element = 0; element < width; element += FT_HEAD_LANES) {
            FT_NAME(part) part = {state + element, width, (int)ft_least(width - element, FT_HEAD_LANES)};
#define FT_CALL(vectors, whole) FT_NAME(delta_step)(vectors, whole, args, token, head, element, decay, strengths[0], &part)
            FT_WITH_VECTORS(part.lanes, FT_CALL)
#undef FT_CALL
        }
    }
}
