/* Mamba-2's scan; included by chunk_body.h. */

/* What the chunks of a head read of its tokens: time steps, log2 decays summed, and by how much a token reaches the chunk's end. */
typedef struct {
    FT_LINES(float steps[FT_CHUNK]);
    float reach[FT_CHUNK], from_state[FT_CHUNK], to_end[FT_CHUNK];
    float weights[FT_CHUNK * FT_CHUNK];
} FT_NAME(space_chunk);

static void FT_NAME(space_steps)(const ft_state_space_args *args, int64_t token, int64_t tokens, int64_t head, float *steps) {
    FT_NAME(time_steps)(args->time, token, tokens, head, args->time_bias[head], steps);
    for (int64_t i = 0; i < tokens; i += 16) {
        vf step = vf_max(vf_set1((float)args->time_low), vf_load(steps + i));
        vf_store(steps + i, vf_min(vf_set1((float)args->time_high), step));
    }
}

static void FT_NAME(space_prepare)(
    const ft_state_space_args *args, int64_t token, int64_t tokens, int64_t head, const float *dots, FT_NAME(space_chunk) * chunk) {
    float decays[FT_CHUNK];
    FT_NAME(space_steps)(args, token, tokens, head, chunk->steps);
    for (int64_t i = 0; i < tokens; i++) {
        decays[i] = chunk->steps[i] * FT_NAME(rate)(args->a[head]);
    }
    FT_NAME(reaches)(decays, tokens, chunk->reach);
    FT_NAME(powers)(chunk->reach, chunk->from_state);
    FT_NAME(weigh_pairs)(dots, chunk->reach, chunk->steps, tokens, chunk->weights);
    vf last = vf_set1(chunk->reach[tokens - 1]);
    for (int64_t i = 0; i < tokens; i += 16) {
        vf reach = vf_exp2_falling(vf_sub(last, vf_load(chunk->reach + i)));
        vf_store(chunk->to_end + i, vf_mul(reach, vf_load(chunk->steps + i)));
    }
}

/* Outputs of tokens [first, first + count) of a chunk from the state before it (carried) and from its own tokens. */
static inline __attribute__((always_inline)) void FT_NAME(space_some_outputs)(
    const int count, const int vectors, const int whole, const FT_NAME(space_chunk) * chunk, int64_t first, float *x, const float *carried,
    float pass, const FT_NAME(part) * out) {
    vf own[FT_CHUNK_ROWS][FT_HEAD_VECTORS];
    FT_NAME(mix)(count, vectors, 1, chunk->weights, x, first, own);
#pragma GCC unroll 16
    for (int r = 0; r < count; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            int64_t at = (first + r) * FT_HEAD_LANES + v * 16;
            vf y = vf_fma(vf_set1(chunk->from_state[first + r]), vf_load(carried + at), own[r][v]);
            FT_NAME(part_store)(whole, out, first + r, v, vf_fma(vf_set1(pass), vf_load(x + at), y));
        }
    }
}

static inline __attribute__((always_inline)) void FT_NAME(space_outputs)(
    const int vectors, const int whole, const FT_NAME(space_chunk) * chunk, int64_t tokens, float *x, const float *carried, float pass,
    const FT_NAME(part) * out) {
    int64_t i = 0;
    for (; i + FT_CHUNK_ROWS <= tokens; i += FT_CHUNK_ROWS) {
        FT_NAME(space_some_outputs)(FT_CHUNK_ROWS, vectors, whole, chunk, i, x, carried, pass, out);
    }
    for (; i < tokens; i++) {
        FT_NAME(space_some_outputs)(1, vectors, whole, chunk, i, x, carried, pass, out);
    }
}

/* `lanes` elements of a head from `element` on, one chunk; keys: what is written by, then what is read by, turned. */
static void FT_NAME(space_chunk_part)(
    const ft_state_space_args *args, const FT_NAME(space_chunk) * chunk, const float *keys, int64_t token, int64_t tokens, int64_t head,
    int64_t element, FT_NAME(part) state) {
    FT_LINES(float x[FT_CHUNK * FT_HEAD_LANES]);
    FT_LINES(float carried[FT_CHUNK * FT_HEAD_LANES]);
    FT_LINES(float room[FT_PACKED_STATES * FT_HEAD_LANES]);
    int64_t width = args->head_dim;
    FT_NAME(part) inputs = {(float *)args->x.data + token * args->x.stride + head * width + element, args->x.stride, state.lanes};
    FT_NAME(part) out = {args->out + (token * args->heads + head) * width + element, args->heads * width, state.lanes};
    for (int64_t i = 0; i < tokens; i++) {
#pragma GCC unroll 16
        for (int v = 0; v < FT_HEAD_VECTORS; v++) {
            vf_store(x + i * FT_HEAD_LANES + v * 16, FT_NAME(part_load)(0, &inputs, i, v));
        }
    }
    FT_NAME(part) copy = FT_NAME(packed)(&state, args->states, tokens, room);
    FT_NAME(multiply)(keys + args->states * FT_TURNED, tokens, &copy, args->states, carried);
#define FT_CALL(vectors, whole) FT_NAME(space_outputs)(vectors, whole, chunk, tokens, x, carried, args->d[head], &out)
    FT_WITH_VECTORS(state.lanes, FT_CALL)
#undef FT_CALL
    for (int64_t i = 0; i < tokens; i++) {
#pragma GCC unroll 16
        for (int v = 0; v < FT_HEAD_VECTORS; v++) {
            float *at = x + i * FT_HEAD_LANES + v * 16;
            vf_store(at, vf_mul(vf_set1(chunk->to_end[i]), vf_load(at)));
        }
    }
    FT_NAME(part) values = {x, FT_HEAD_LANES, FT_HEAD_LANES};
    FT_NAME(advance)(&copy, args->states, chunk->from_state[tokens - 1], keys, NULL, &values, tokens);
    FT_NAME(unpacked)(&copy, &state, args->states);
}

/* One token by the recurrence. */
static inline __attribute__((always_inline)) void FT_NAME(space_step)(
    const int vectors, const int whole, const ft_state_space_args *args, int64_t token, int64_t head, int64_t element, float step, float decay,
    const FT_NAME(part) * state) {
    int64_t width = args->head_dim, map = head / (args->heads / args->groups) * args->states;
    const float *b = args->b.data + token * args->b.stride + map, *c = args->c.data + token * args->c.stride + map;
    FT_NAME(part) input = {(float *)args->x.data + token * args->x.stride + head * width + element, 0, state->lanes};
    FT_NAME(part) out = {args->out + (token * args->heads + head) * width + element, 0, state->lanes};
    vf entering[FT_HEAD_VECTORS], sums[FT_HEAD_VECTORS];
#pragma GCC unroll 16
    for (int v = 0; v < vectors; v++) {
        entering[v] = vf_mul(vf_set1(step), FT_NAME(part_load)(whole, &input, 0, v));
        sums[v] = vf_zero();
    }
    for (int64_t n = 0; n < args->states; n++) {
        vf in = vf_set1(b[n]), read = vf_set1(c[n]);
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            vf h = vf_fma(vf_set1(decay), FT_NAME(part_load)(whole, state, n, v), vf_mul(entering[v], in));
            FT_NAME(part_store)(whole, state, n, v, h);
            sums[v] = vf_fma(h, read, sums[v]);
        }
    }
#pragma GCC unroll 16
    for (int v = 0; v < vectors; v++) {
        FT_NAME(part_store)(whole, &out, 0, v, vf_fma(vf_set1(args->d[head]), FT_NAME(part_load)(whole, &input, 0, v), sums[v]));
    }
}

/* What token pairs of a chunk give each other, the same for all heads of a group, and its keys: [groups, FT_SPACE_FLOATS] from dots on. */
static void FT_NAME(space_dots_f32)(const void *argument, int64_t token, int64_t tokens, float *dots) {
    const ft_state_space_args *args = argument;
    for (int64_t group = 0; group < args->groups; group++, dots += FT_SPACE_FLOATS(args->states)) {
        ft_vectors b = {args->b.data + group * args->states, args->b.stride};
        ft_vectors c = {args->c.data + group * args->states, args->c.stride};
        float *written = dots + FT_CHUNK * FT_CHUNK, *read = written + args->states * FT_TURNED;
        FT_NAME(turn_chunk)(b, token, tokens, args->states, NULL, 1, written);
        FT_NAME(turn_chunk)(c, token, tokens, args->states, NULL, 1, read);
        FT_NAME(pair_dots)(read, written, tokens, args->states, dots);
    }
}

/* One head of one row; dots: of the row's chunks. */
static void FT_NAME(state_space_f32)(const void *argument, int64_t row, int64_t head, const float *dots) {
    const ft_state_space_args *args = argument;
    int64_t token = args->rows.token_offsets[row], last = token + args->rows.token_counts[row];
    int64_t width = args->head_dim, group = head / (args->heads / args->groups);
    float *state = ft_state_of(&args->rows, row) + head * args->states * width;
    dots += group * FT_SPACE_FLOATS(args->states);
    int64_t tokens;
    for (int64_t end = token + ft_prompt_part(&args->rows, row); token < end; token += tokens) {
        FT_NAME(space_chunk) chunk;
        tokens = ft_least(end - token, FT_CHUNK);
        FT_NAME(space_prepare)(args, token, tokens, head, dots, &chunk);
        for (int64_t element = 0; element < width; element += FT_HEAD_LANES) {
            FT_NAME(part) part = {state + element, width, (int)ft_least(width - element, FT_HEAD_LANES)};
            FT_NAME(space_chunk_part)(args, &chunk, dots + FT_CHUNK * FT_CHUNK, token, tokens, head, element, part);
        }
        dots += args->groups * FT_SPACE_FLOATS(args->states);
    }
    for (; token < last; token++) {
        float steps[FT_CHUNK];
        FT_NAME(space_steps)(args, token, 1, head, steps);
        float decay = FT_NAME(power)(steps[0] * FT_NAME(rate)(args->a[head]));
        for (int64_t element = 0; element < width; element += FT_HEAD_LANES) {
            FT_NAME(part) part = {state + element, width, (int)ft_least(width - element, FT_HEAD_LANES)};
#define FT_CALL(vectors, whole) FT_NAME(space_step)(vectors, whole, args, token, head, element, steps[0], decay, &part)
            FT_WITH_VECTORS(part.lanes, FT_CALL)
#undef FT_CALL
        }
    }
}
