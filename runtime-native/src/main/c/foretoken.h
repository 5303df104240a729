/*
 * The C side of Foretoken's kernels: what Java calls through FFM, and the tests through C.
 *
 * Every argument block is a struct of 8-byte fields, so that Java fills it as an array of longs and doubles. Nothing here checks a length:
 * the caller has. Kernels keep no state between calls except scratch memory in the context. One caller at a time per context.
 */
#ifndef FORETOKEN_H
#define FORETOKEN_H

#include <stdint.h>

#define FT_EXPORT __attribute__((visibility("default")))

/* Changes whenever a kernel may give other bits, or an argument block another shape. */
#define FT_VERSION 16

enum ft_isa { FT_ISA_AVX2 = 1, FT_ISA_AVX512 = 2, FT_ISA_AVX512BF16 = 4, FT_ISA_AMX = 8, FT_ISA_AVX2VNNI = 16, FT_ISA_AVX512VNNI = 32 };
#define FT_ISA_BITS 6
/* FT_INT8, only in caches: codes with a scale per token and head; KvFormat.java. FT_FP8, only weights: E4M3 with scales; Fp8Panels.java. */
enum ft_type { FT_F32 = 0, FT_F16 = 1, FT_BF16 = 2, FT_INT8 = 3, FT_FP8 = 4, FT_TYPES = 5 };
/* Weights other than those of an ft_type: BlockPanels.java, ChannelPanels.java. */
enum ft_quantized_type { FT_BLOCKS = 5, FT_CHANNELS = 6 };
enum ft_layout { FT_ROWS = 0, FT_PANELS = 1 };
/* What an MLP is bent by; Activation.java. */
enum ft_function { FT_SILU = 0, FT_GELU = 1, FT_GELU_TANH = 2, FT_QUICK_GELU = 3, FT_RELU = 4, FT_RELU_SQUARED = 5, FT_CLAMPED_SWIGLU = 6, FT_SIGMOID = 7 };
/* What a 4-bit code stands for; CodeBook.java. */
enum ft_book { FT_BOOK_LINEAR = 0, FT_BOOK_UNSIGNED = 1, FT_BOOK_IQ4NL = 2, FT_BOOK_MXFP4 = 3, FT_BOOKS = 4 };

typedef struct ft_context ft_context;

/* BlockFormat.java: a panel holds block after block of 16 scales, 16 minima where there are any, and the codes of 16 rows. */
typedef struct {
    int64_t bits;       /* of a code: 4 or 8 */
    int64_t block;      /* columns that share a scale: 16, 32, 64 or 128; FT_FP8: a multiple of 32, or all */
    int64_t scale_type; /* enum ft_type */
    int64_t minimum;    /* 0 or 1 */
    int64_t book;       /* enum ft_book; 8-bit codes are value + 128 */
} ft_format;

/* out[t, n] = sum_k x[t, k] * weights[n, k] + bias[n]; panels as in DensePanels.java, Fp8Panels.java, BlockPanels.java or ChannelPanels.java;
 * out: fp32 [tokens, rows], `stride` floats from token to token; bias: fp32 [rows] or null. */
typedef struct {
    int64_t type; /* enum ft_type or ft_quantized_type */
    const void *panels;
    int64_t rows;
    const float *bias;
    float *out;
    int64_t stride;
    const float *scales; /* fp32; FT_CHANNELS: [rows, padded to whole panels]; FT_FP8: [panels][blocks of columns][16] */
    ft_format format;    /* FT_BLOCKS; of FT_FP8 the block alone */
} ft_product;

/* x: fp32 [tokens, columns], or with sources any number of rows of which token t is row sources[t]; fast: use the bf16 dot product for bf16
 * weights where the CPU has it. */
typedef struct {
    const float *x;
    const int32_t *sources; /* int32 [tokens] or null */
    int64_t tokens;
    int64_t columns;
    int64_t count;
    int64_t fast;
    ft_product products[];
} ft_matmul_args;

/* Products that are computed together: `count` of ft_matmul_args follow, one behind the other's products. */
typedef struct {
    int64_t count;
} ft_matmul_groups_args;

/* out[t] = sum_j weights[t, j] * x[rows[t, j]], j ascending, from zero; x: fp32 [any, width]; rows: int32 [tokens, k]; weights: fp32 [tokens, k];
 * out: fp32 [tokens, width]. */
typedef struct {
    const float *x;
    const int32_t *rows;
    const float *weights;
    int64_t tokens;
    int64_t k;
    int64_t width;
    float *out;
} ft_combine_args;

/* Row targets[r] of out gets scale * sum_k x[r, k] * weights[n, k], k ascending from zero, in one multiply-add at the end; x: fp32 [rows, k];
 * panels: [columns, k] of FT_F32 or FT_BF16 as in DensePanels.java; out: fp32 [any, columns]. */
typedef struct {
    const float *x;
    int64_t k;
    int64_t type; /* enum ft_type */
    const void *panels;
    int64_t columns;
    double scale;
    const int32_t *targets; /* int32 [rows], each once */
    int64_t rows;
    float *out;
} ft_lift;

/* Which are computed together, in any order: no two write the same place. */
typedef struct {
    int64_t count;
    ft_lift lifts[];
} ft_lift_args;

/* target: [rows, columns] in panel layout as target_type, zeroed by the caller; source: row-major source_type, any address. */
typedef struct {
    const void *source;
    int64_t source_type;
    void *target;
    int64_t target_type;
    int64_t rows;
    int64_t columns;
} ft_pack_args;

/* table: [rows, columns] of `type`, for an ft_type in `layout`; ids: int32 [tokens]; out: fp32 [tokens, columns]. */
typedef struct {
    const void *table;
    int64_t type;
    int64_t layout;
    int64_t columns;
    const int32_t *ids;
    int64_t tokens;
    float *out;
    const float *scales; /* as in ft_product */
    ft_format format;
} ft_gather_args;

/* x, out: fp32 [rows, width], may be the same; weight: fp32 [width]. */
typedef struct {
    const float *x;
    const float *weight;
    double epsilon;
    int64_t rows;
    int64_t width;
    float *out;
} ft_rms_norm_args;

/* The same with a mean that is taken off, and a bias; bias: fp32 [width] or null. */
typedef struct {
    const float *x;
    const float *weight;
    const float *bias;
    double epsilon;
    int64_t rows;
    int64_t width;
    float *out;
} ft_layer_norm_args;

/* x: fp32 [tokens, heads, head_dim], in place; cosine, sine: fp32 [positions, half]; positions: int32 [tokens]. */
typedef struct {
    float *x;
    const float *cosine;
    const float *sine;
    int64_t half;
    const int32_t *positions;
    int64_t tokens;
    int64_t heads;
    int64_t head_dim;
    int64_t neighbours; /* element 2i turns with 2i + 1; else i with i + half */
} ft_rotary_args;

/* a, b, out: fp32 [count]; out may be a or b. */
typedef struct {
    const float *a;
    const float *b;
    int64_t count;
    float *out;
} ft_elementwise_args;

/* out = a + b * scale; fp32 [count]; out may be a or b. */
typedef struct {
    const float *a;
    const float *b;
    double scale;
    int64_t count;
    float *out;
} ft_add_scaled_args;

/* out = function(x) * factor; fp32 [count]; factor: null = 1; out may be x or factor. */
typedef struct {
    const float *x;
    const float *factor;
    int64_t function; /* enum ft_function */
    int64_t count;
    float *out;
} ft_activate_args;

/* out = cap * tanh(x * scale / cap), or x * scale where cap is 0; fp32 [count]; out may be x. */
typedef struct {
    const float *x;
    double scale;
    double cap;
    int64_t count;
    float *out;
} ft_rescale_args;

/* Rows of a ragged batch (RaggedBatch.java) over one layer's paged cache (KvFormat.java). */
typedef struct {
    void *keys;
    void *values;
    int64_t type; /* enum ft_type */
    int64_t block_tokens;
    int64_t kv_heads;
    int64_t key_dim;
    int64_t value_dim;
    int64_t rows;
    const int32_t *token_offsets;
    const int32_t *token_counts;
    const int32_t *first_positions;
    const int32_t *units;
    const int32_t *table_offsets;
    int64_t table_stride;
    int64_t value_in_key; /* a value is the last elements of its key, and `values` is not read; not of FT_INT8 */
} ft_paged;

/* k: fp32 [tokens, kv_heads, key_dim]; v: fp32 [tokens, kv_heads, value_dim]; null: that part of the cache stays. */
typedef struct {
    ft_paged paged;
    const float *k;
    const float *v;
} ft_write_kv_args;

/* One layer's keys and values, made by linear maps: `out` of neither is read or written. Keys are turned as in ft_rotary_args, unless cosine is
 * null. */
typedef struct {
    ft_paged paged;
    const float *cosine;
    const float *sine;
    int64_t half;
    const int32_t *positions;
    int64_t neighbours;
    ft_product keys;   /* of an ft_type other than FT_FP8; rows: kv_heads * key_dim */
    ft_product values; /* the same; rows: kv_heads * value_dim */
} ft_kv_map;

/* Every map's paged has the rows of the first; keys: fp32 [tokens, key_columns]; values: fp32 [tokens, value_columns]. */
typedef struct {
    const float *keys;
    int64_t key_columns;
    const float *values;
    int64_t value_columns;
    int64_t fast; /* as in ft_matmul_args */
    int64_t count;
    ft_kv_map maps[];
} ft_map_kv_args;

/* q: fp32 [tokens, heads, key_dim]; out: fp32 [tokens, heads, value_dim]; window: 0 = none;
 * soft_cap: scores become soft_cap * tanh(score * scale / soft_cap); 0 = none;
 * sinks: fp32 [heads], of each head a score that takes part in the softmax and has no value; or null. */
typedef struct {
    ft_paged paged;
    const float *q;
    float *out;
    int64_t heads;
    double scale;
    int64_t window;
    int64_t fast;
    double soft_cap;
    const float *sinks;
} ft_attention_args;

/* Rows of a ragged batch with the slots of their states: StateBatch.java and StateLayer.java. */
typedef struct {
    float *state; /* fp32 [slots, floats] */
    int64_t floats;
    int64_t rows;
    const int32_t *token_offsets;
    const int32_t *token_counts;
    const int32_t *first_positions;
    const int32_t *prompt_tokens;
    const int32_t *slots;
    const int32_t *slot_offsets;
    int64_t slot_stride;
} ft_stateful;

/* Token t's vector starts at data[t * stride]. */
typedef struct {
    const float *data;
    int64_t stride;
} ft_vectors;

/* ConvolutionWeights.java; x, out: fp32 [tokens, channels], may be the same. */
typedef struct {
    ft_stateful rows;
    const float *x;
    const float *weight;
    const float *bias; /* or null */
    int64_t channels;
    int64_t taps;
    int64_t silu;
    float *out;
} ft_convolve_args;

/* SelectiveScanWeights.java; gate: fp32 [tokens, channels] or null; out: the same shape, may be x or gate. */
typedef struct {
    ft_stateful rows;
    ft_vectors x, time, b, c;
    const float *gate;
    const float *a;
    const float *d;
    int64_t channels;
    int64_t states;
    int64_t groups;
    float *out;
} ft_selective_scan_args;

/* StateSpaceWeights.java; out: fp32 [tokens, heads, head_dim]. */
typedef struct {
    ft_stateful rows;
    ft_vectors x, time, b, c;
    const float *a;
    const float *d;
    const float *time_bias;
    double time_low;
    double time_high;
    int64_t heads;
    int64_t head_dim;
    int64_t states;
    int64_t groups;
    float *out;
} ft_state_space_args;

/* DeltaRuleWeights.java; out: fp32 [tokens, value_heads, value_dim]. */
typedef struct {
    ft_stateful rows;
    ft_vectors q, k, v, time, beta;
    const float *a;
    const float *time_bias;
    double epsilon;
    int64_t key_heads;
    int64_t value_heads;
    int64_t key_dim;
    int64_t value_dim;
    float *out;
    int64_t tokens; /* filled in here: up to the last generated one */
    float *units;   /* and k, then q of generated tokens by their lengths, fp32 [2, tokens, key_heads, key_dim] */
} ft_delta_rule_args;

/* GatedNormWeights.java; x, gate, out: fp32 [rows, width], out may be any of them. */
typedef struct {
    const float *x;
    const float *gate;
    const float *weight;
    double epsilon;
    int64_t rows;
    int64_t width;
    int64_t group;
    int64_t gate_first;
    float *out;
} ft_gated_norm_args;

/* out[t, n] = sum_j values[n, j] * x[t, places[n, j]] + bias[n], j ascending, from zero; values and places: SparseRows.java; x: fp32 [tokens,
 * width]; bias: fp32 [rows] or null; out: fp32 [tokens, rows]. */
typedef struct {
    const float *x;
    const float *values;
    const int32_t *places;
    const float *bias;
    int64_t rows;
    int64_t terms;
    int64_t width;
    int64_t tokens;
    float *out;
    const float *turned; /* filled in here: x as fp32 [tiles of 16 tokens][width][16], or null */
} ft_gather_terms_args;

/* out = x * weight + bias per row, rounded once; x, out: fp32 [rows, width], may be the same; weight, bias: fp32 [width]. */
typedef struct {
    const float *x;
    const float *weight;
    const float *bias;
    int64_t rows;
    int64_t width;
    float *out;
} ft_affine_args;

/* Logits whose largest is kept, and logits that are summed together; LogitSummary.java. */
#define FT_LOGIT_BLOCK 64
#define FT_LOGIT_CHUNK 4096

/* A row of logits and what one pass over it found: LogitSummary.java. */
typedef struct {
    float *logits;
    int64_t vocabulary;
    int32_t *argmax;
    float *max;
    float *log_sum_exp;
    double *mass;
    float *block_max;
    float *chunks; /* [chunks, 2]: largest logit, mass */
} ft_logits;

/* mask: a bit per id, in whole 8-byte words, or null; an id whose bit is 0 gets negative infinity. inverse_temperature: of the weights that are
 * summed; 0: none are. normalise: whether log_sum_exp is wanted. */
typedef struct {
    ft_logits row;
    const uint16_t *mask;
    double inverse_temperature;
    int64_t normalise;
} ft_summarize_args;

/* ids: int32 [k]; values: fp32 [k]. */
typedef struct {
    ft_logits row;
    int64_t k;
    int32_t *ids;
    float *values;
} ft_top_k_args;

/* Kernels.sample; id is written. */
typedef struct {
    ft_logits row;
    double inverse_temperature;
    double floor;
    double uniform;
    int64_t id;
} ft_sample_args;

/* Bit set of enum ft_isa: what this CPU *and* OS support. Built for the baseline; safe to call anywhere. */
FT_EXPORT uint32_t ft_isa_supported(void);
FT_EXPORT int32_t ft_version(void);

/* Opens kernels for one ISA (one bit of ft_isa) with threads - 1 workers. cpus: int32 [threads], worker i runs on cpus[i] only and the caller,
 * between ft_enter and ft_leave, on cpus[0]; or null: all run where this process may. Returns null if the ISA is not supported, or a worker
 * cannot be started or bound. */
FT_EXPORT ft_context *ft_open(uint32_t isa, int32_t threads, const int32_t *cpus);
FT_EXPORT void ft_close(ft_context *context);

/* Around the calls of one step, on one thread. */
FT_EXPORT void ft_enter(ft_context *context);
FT_EXPORT void ft_leave(ft_context *context);

/* Zeroed memory at the start of a huge page, which takes no room until it is touched and is on huge pages then where the system has them; null
 * where there is none. Given back with ft_unmap and the same number of bytes. */
FT_EXPORT void *ft_map(int64_t bytes);
FT_EXPORT void ft_unmap(void *start, int64_t bytes);

FT_EXPORT void ft_pack(ft_context *context, const ft_pack_args *args);
FT_EXPORT void ft_gather(ft_context *context, const ft_gather_args *args);
FT_EXPORT void ft_matmul(ft_context *context, const ft_matmul_args *args);
FT_EXPORT void ft_matmul_groups(ft_context *context, const ft_matmul_groups_args *args);
FT_EXPORT void ft_add_lifted(ft_context *context, const ft_lift_args *args);
FT_EXPORT void ft_combine(ft_context *context, const ft_combine_args *args);
FT_EXPORT void ft_rms_norm(ft_context *context, const ft_rms_norm_args *args);
FT_EXPORT void ft_rotary(ft_context *context, const ft_rotary_args *args);
FT_EXPORT void ft_add(ft_context *context, const ft_elementwise_args *args);
FT_EXPORT void ft_layer_norm(ft_context *context, const ft_layer_norm_args *args);
FT_EXPORT void ft_add_scaled(ft_context *context, const ft_add_scaled_args *args);
FT_EXPORT void ft_activate(ft_context *context, const ft_activate_args *args);
FT_EXPORT void ft_rescale(ft_context *context, const ft_rescale_args *args);
FT_EXPORT void ft_write_kv(ft_context *context, const ft_write_kv_args *args);
FT_EXPORT void ft_map_kv(ft_context *context, const ft_map_kv_args *args);
FT_EXPORT void ft_attention(ft_context *context, const ft_attention_args *args);
FT_EXPORT void ft_convolve(ft_context *context, const ft_convolve_args *args);
FT_EXPORT void ft_selective_scan(ft_context *context, const ft_selective_scan_args *args);
FT_EXPORT void ft_state_space(ft_context *context, const ft_state_space_args *args);
FT_EXPORT void ft_delta_rule(ft_context *context, const ft_delta_rule_args *args);
FT_EXPORT void ft_gated_norm(ft_context *context, const ft_gated_norm_args *args);
FT_EXPORT void ft_gather_terms(ft_context *context, const ft_gather_terms_args *args);
FT_EXPORT void ft_affine(ft_context *context, const ft_affine_args *args);
FT_EXPORT void ft_summarize(ft_context *context, const ft_summarize_args *args);
FT_EXPORT void ft_top_k(ft_context *context, const ft_top_k_args *args);
FT_EXPORT void ft_sample(ft_context *context, ft_sample_args *args);

#endif
