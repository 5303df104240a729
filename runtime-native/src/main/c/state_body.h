/*
 * Layers that carry a state from token to token, one after the other: convolution, Mamba's scan, gated norms. Bit for bit
 * ScalarConvolution.java and ScalarSelectiveScan.java. Channels are the lanes; a unit of work is one row's channels [first, end).
 */

/* Taps of the convolutions that models have; more take the general loop. */
#define FT_USUAL_TAPS 4

static inline __attribute__((always_inline)) void FT_NAME(convolve_lanes)(
    const ft_convolve_args *args, const int64_t taps, float *state, int64_t token, int64_t count, int64_t channel) {
    const int64_t channels = args->channels;
    const int lanes = channels - channel < 16 ? (int)(channels - channel) : 16;
    const vf bias = args->bias == NULL ? vf_zero() : vf_load_first(args->bias + channel, lanes);
    vf weight[16], window[16];
#pragma GCC unroll 16
    for (int j = 0; j < 16; j++) { /* those past the last tap count as used where taps is no constant */
        weight[j] = window[j] = vf_zero();
    }
#pragma GCC unroll 16
    for (int64_t j = 0; j < taps; j++) {
        weight[j] = vf_load_first(args->weight + j * channels + channel, lanes);
    }
#pragma GCC unroll 16
    for (int64_t j = 0; j + 1 < taps; j++) {
        window[j] = vf_load_first(state + j * channels + channel, lanes);
    }
    for (int64_t i = token; i < token + count; i++) {
        window[taps - 1] = vf_load_first(args->x + i * channels + channel, lanes);
        vf sum = bias;
#pragma GCC unroll 16
        for (int64_t j = 0; j < taps; j++) {
            sum = vf_fma(weight[j], window[j], sum);
        }
#pragma GCC unroll 16
        for (int64_t j = 0; j + 1 < taps; j++) {
            window[j] = window[j + 1];
        }
        vf_store_first(args->out + i * channels + channel, args->silu ? vf_silu(sum) : sum, lanes);
    }
#pragma GCC unroll 16
    for (int64_t j = 0; j + 1 < taps; j++) {
        vf_store_first(state + j * channels + channel, window[j], lanes);
    }
}

static void FT_NAME(convolve_f32)(const void *argument, int64_t row, int64_t first, int64_t end) {
    const ft_convolve_args *args = argument;
    float *state = ft_state_of(&args->rows, row);
    int64_t token = args->rows.token_offsets[row], count = args->rows.token_counts[row];
    for (int64_t channel = first; channel < end; channel += 16) {
        if (args->taps == FT_USUAL_TAPS) {
            FT_NAME(convolve_lanes)(args, FT_USUAL_TAPS, state, token, count, channel);
        } else {
            FT_NAME(convolve_lanes)(args, args->taps, state, token, count, channel);
        }
    }
}

/* States that registers hold at a time. The sum over states goes on from one part to the next. */
#define FT_SCAN_STATES 16
/* Tokens ahead of which a scan's inputs are fetched: every token's lie in other lines. */
#define FT_SCAN_AHEAD 6

/* Up to 16 channels of one group by `states` states from `from` on; sums: fp32 [count, 16], read and written unless this is the first part. */
static inline __attribute__((always_inline)) void FT_NAME(scan_lanes)(
    const ft_selective_scan_args *args, const int states, int64_t from, float *state, const float *steps, const float *entering,
    int64_t token, int64_t count, int64_t channel, int lanes, int64_t map, float *sums) {
    vf h[FT_SCAN_STATES];
    float rates[FT_SCAN_STATES * 16];
#pragma GCC unroll 16
    for (int n = 0; n < FT_SCAN_STATES; n++) { /* as in convolve_lanes */
        h[n] = vf_zero();
        vf_store(rates + n * 16, vf_zero());
    }
#pragma GCC unroll 16
    for (int n = 0; n < states; n++) {
        int64_t at = (from + n) * args->channels + channel;
        h[n] = vf_load_first(state + at, lanes);
        vf_store(rates + n * 16, vf_mul(vf_load_first(args->a + at, lanes), vf_set1(1.44269504088896341f)));
    }
    for (int64_t i = 0; i < count; i++) {
        const float *b = args->b.data + (token + i) * args->b.stride + map + from;
        const float *c = args->c.data + (token + i) * args->c.stride + map + from;
        vf dt = vf_load(steps + i * 16), in = vf_load(entering + i * 16);
        vf sum = from == 0 ? vf_zero() : vf_load(sums + i * 16);
#pragma GCC unroll 16
        for (int n = 0; n < states; n++) {
            vf decay = vf_exp2_falling(vf_mul(dt, vf_load(rates + n * 16)));
            h[n] = vf_fma(decay, h[n], vf_mul(in, vf_set1(b[n])));
            sum = vf_fma(h[n], vf_set1(c[n]), sum);
        }
        vf_store(sums + i * 16, sum);
    }
#pragma GCC unroll 16
    for (int n = 0; n < states; n++) {
        vf_store_first(state + (from + n) * args->channels + channel, h[n], lanes);
    }
}

/* Tokens whose steps and sums are kept at a time. */
#define FT_SCAN_TOKENS 64

/* What the state takes in of up to FT_SCAN_TOKENS tokens: time steps and inputs times them. */
static inline __attribute__((always_inline)) void FT_NAME(scan_inputs)(
    const ft_selective_scan_args *args, int64_t token, int64_t count, int64_t channel, int lanes, float *steps, float *entering) {
    for (int64_t i = 0; i < count; i++) {
        const float *x = args->x.data + (token + i) * args->x.stride + channel;
        const float *time = args->time.data + (token + i) * args->time.stride + channel;
        __builtin_prefetch(x + FT_SCAN_AHEAD * args->x.stride);
        __builtin_prefetch(time + FT_SCAN_AHEAD * args->time.stride);
        vf dt = vf_softplus(vf_load_first(time, lanes));
        vf_store(steps + i * 16, dt);
        vf_store(entering + i * 16, vf_mul(dt, vf_load_first(x, lanes)));
    }
}

static inline __attribute__((always_inline)) void FT_NAME(scan_outputs)(
    const ft_selective_scan_args *args, int64_t token, int64_t count, int64_t channel, int lanes, const float *sums) {
    vf pass = vf_load_first(args->d + channel, lanes);
    for (int64_t i = token; i < token + count; i++) {
        vf y = vf_fma(pass, vf_load_first(args->x.data + i * args->x.stride + channel, lanes), vf_load(sums + (i - token) * 16));
        if (args->gate != NULL) {
            const float *gate = args->gate + i * args->channels + channel;
            __builtin_prefetch(gate + FT_SCAN_AHEAD * args->channels);
            y = vf_mul(y, vf_silu(vf_load_first(gate, lanes)));
        }
        vf_store_first(args->out + i * args->channels + channel, y, lanes);
    }
}

/* Channels of a group that share lanes: never more than 16, never of two groups. */
static void FT_NAME(scan_some)(const ft_selective_scan_args *args, int64_t row, int64_t channel, int lanes) {
    float steps[FT_SCAN_TOKENS * 16], entering[FT_SCAN_TOKENS * 16], sums[FT_SCAN_TOKENS * 16];
    float *state = ft_state_of(&args->rows, row);
    int64_t map = channel / (args->channels / args->groups) * args->states;
    int64_t token = args->rows.token_offsets[row], last = token + args->rows.token_counts[row];
    for (; token < last; token += FT_SCAN_TOKENS) {
        int64_t count = last - token < FT_SCAN_TOKENS ? last - token : FT_SCAN_TOKENS;
        FT_NAME(scan_inputs)(args, token, count, channel, lanes, steps, entering);
        for (int64_t from = 0; from < args->states; from += FT_SCAN_STATES) {
            int64_t states = args->states - from;
            if (states >= FT_SCAN_STATES) {
                FT_NAME(scan_lanes)(args, FT_SCAN_STATES, from, state, steps, entering, token, count, channel, lanes, map, sums);
            } else {
                FT_NAME(scan_lanes)(args, (int)states, from, state, steps, entering, token, count, channel, lanes, map, sums);
            }
        }
        FT_NAME(scan_outputs)(args, token, count, channel, lanes, sums);
    }
}

static void FT_NAME(selective_scan_f32)(const void *argument, int64_t row, int64_t first, int64_t end) {
    const ft_selective_scan_args *args = argument;
    int64_t group = args->channels / args->groups;
    for (int64_t channel = first; channel < end;) {
        int64_t left = ft_least(end, (channel / group + 1) * group) - channel;
        int lanes = left < 16 ? (int)left : 16;
        FT_NAME(scan_some)(args, row, channel, lanes);
        channel += lanes;
    }
}

static inline __attribute__((always_inline)) float FT_NAME(inverse_length)(const float *x, int64_t width, float over, double epsilon) {
    vf squares = vf_zero();
    for (int64_t i = 0; i < width; i += 16) {
        vf part = vf_load_first(x + i, width - i < 16 ? (int)(width - i) : 16);
        squares = vf_fma(part, part, squares);
    }
    return 1.0f / __builtin_sqrtf(vf_sum(squares) / over + (float)epsilon);
}

static void FT_NAME(gated_norm_f32)(const void *argument, int64_t first, int64_t end) {
    const ft_gated_norm_args *args = argument;
    for (int64_t at = first * args->width; at < end * args->width; at += args->group) {
        const float *x = args->x + at, *gate = args->gate + at, *weight = args->weight + at % args->width;
        float *out = args->out + at;
        for (int64_t i = 0; args->gate_first && i < args->group; i += 16) {
            int lanes = args->group - i < 16 ? (int)(args->group - i) : 16;
            vf_store_first(out + i, vf_mul(vf_load_first(x + i, lanes), vf_silu(vf_load_first(gate + i, lanes))), lanes);
        }
        const float *normed = args->gate_first ? out : x;
        vf factor = vf_set1(FT_NAME(inverse_length)(normed, args->group, (float)args->group, args->epsilon));
        for (int64_t i = 0; i < args->group; i += 16) {
            int lanes = args->group - i < 16 ? (int)(args->group - i) : 16;
            vf y = vf_mul(vf_mul(vf_load_first(normed + i, lanes), factor), vf_load_first(weight + i, lanes));
            vf_store_first(out + i, args->gate_first ? y : vf_mul(y, vf_silu(vf_load_first(gate + i, lanes))), lanes);
        }
    }
}
