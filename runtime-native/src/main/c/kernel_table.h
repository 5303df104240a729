/* What each ISA's file offers; put together in context.c. */
#ifndef FT_KERNEL_TABLE_H
#define FT_KERNEL_TABLE_H

#include "foretoken.h"

static inline int64_t ft_least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static inline int64_t ft_most(int64_t a, int64_t b) {
    return a > b ? a : b;
}

/* a / b rounded up; both positive. */
static inline int64_t ft_quotient_up(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

/* How matmul wants its activations: fp32, pairs of bf16 in one dword, or rows of 32 bf16. */
enum ft_activation { FT_ACTIVATION_F32 = 0, FT_ACTIVATION_BF16 = 1, FT_ACTIVATION_BF16_TILES = 2, FT_ACTIVATIONS = 3 };

/* One output tile: `rows` tokens by `lanes` panels, over all of k. */
typedef struct {
    const char *panels;   /* first panel */
    int64_t panel_bytes;  /* from one panel to the next */
    const void *x;        /* this tile's packed activations */
    int64_t rows;         /* tokens */
    int64_t steps;        /* k-steps of the encoding */
    int64_t block_steps;  /* of them that are summed apart, scaled and then added up; all where there are no scales */
    const float *scales;  /* FT_FP8: [panel][block][16] from the first panel on; null: none */
    int coded;            /* the panels are E4M3, not yet bf16 */
    const float *bias;    /* of the first panel's first row, or null */
    float *out;           /* of the first token and the first panel's first row */
    int64_t out_stride;   /* floats from token to token */
    int64_t out_columns;  /* outputs of these panels that exist: the last panel may be partial */
    int near;             /* the weights come from memory, for this tile alone: fetch them a little ahead of their use */
    const char *prefetch; /* else: weights needed later; null: none */
    int64_t prefetch_bytes;
} ft_tile;

/* How far ahead of its reads a near stream is fetched, into the first-level cache. */
#define FT_NEAR_BYTES 512

#define FT_MAX_TILE_ROWS 32
#define FT_MAX_TILE_PANELS 4

/* One unit of attention. Queries [first, end) of one sequence row and KV head are counted token by token, head by head. */
typedef void ft_attend(const ft_attention_args *args, int64_t row, int64_t kv_head, int64_t first, int64_t end);

/* One encoding of weights, computed by one kind of instruction. */
typedef struct {
    int64_t activation;
    int64_t step_columns; /* columns of k per step */
    int64_t step_bytes;   /* of one panel */
    int64_t max_rows;     /* tallest tile */
    /* tiles[rows - 1][panels - 1]; null where this ISA has none: then fewer panels are tried. */
    void (*tiles[FT_MAX_TILE_ROWS][FT_MAX_TILE_PANELS])(const ft_tile *tile);
    /* Instead of tiles, where not null: any number of panels at once; out_columns counts those of all. */
    void (*sweep)(const ft_tile *tile, int64_t panels);
    /* Packs `rows` rows of x, fp32 [rows, columns], or rows sources[0 ..] of it, for a tile of that height. */
    void (*pack)(const float *x, const int32_t *sources, int64_t columns, int64_t rows, void *out);
    /* FT_FP8: `units` times 64 codes to the two bf16 steps that they are. */
    void (*widen)(const void *codes, int64_t units, void *out);
    int64_t pack_row_bytes_per_step; /* what pack writes per row and step */
    ft_attend *attend;
    ft_attend *attend_latent; /* values in keys; null: codes have none */
} ft_encoding;

/* Most panels per tile that this encoding has for the height, at most `left`. */
static inline int64_t ft_widest(const ft_encoding *encoding, int64_t rows, int64_t left) {
    if (encoding->sweep != NULL) {
        return left;
    }
    int64_t panels = ft_least(left, FT_MAX_TILE_PANELS);
    while (panels > 1 && encoding->tiles[rows - 1][panels - 1] == NULL) {
        panels--;
    }
    return panels;
}

/* A tile of as many panels as ft_widest says. */
static inline void ft_run_tile(const ft_encoding *encoding, const ft_tile *tile, int64_t panels) {
    if (encoding->sweep != NULL) {
        encoding->sweep(tile, panels);
    } else {
        encoding->tiles[tile->rows - 1][panels - 1](tile);
    }
}

/* Attention over one type of cache, where it is not what the type's encoding offers. */
typedef struct {
    ft_attend *attend;
    int64_t queries; /* of a unit, at most */
} ft_attention_kind;

/* Activations quantized per token and `block` columns (all of them where it is 0), in tiles of `height` tokens. How a tile lies is the
 * affair of the kernels that packed it. */
typedef struct {
    const float *x;         /* fp32 [tokens, columns] */
    const int32_t *sources; /* row of x of each token, or null */
    int64_t tokens, columns, block;
    int64_t height;
    int64_t tile_bytes;
    char *packed;
} ft_activations;

/* The columns of a token. */
static inline const float *ft_token_of(const float *x, const int32_t *sources, int64_t token, int64_t columns) {
    return x + (sources == NULL ? token : sources[token]) * columns;
}

struct ft_quantized;

/* All tokens by panels [first, end) of one quantized product. */
typedef struct {
    const struct ft_quantized *kernels;
    const ft_product *product;
    const ft_activations *input;
    int64_t first, end;
    const char *ahead; /* weights this thread probably needs next, up to ahead_end */
    const char *ahead_end;
} ft_quantized_task;

/* Products of FT_BLOCKS and FT_CHANNELS by one kind of instruction; every kind gives the same bits. */
typedef struct ft_quantized {
    int64_t (*height)(int64_t tokens, int64_t block);
    int64_t (*tile_bytes)(int64_t columns, int64_t block, int64_t height);
    /* Quantizes blocks [first, end) of a tile's tokens. */
    void (*pack)(const ft_activations *input, int64_t tile, int64_t first, int64_t end);
    void (*multiply)(const ft_quantized_task *task);
} ft_quantized;

/* What one pass over one chunk of logits finds beside ft_logits.chunks; merged in chunk order. */
typedef struct {
    float max;
    float sum; /* of exp(logit - max), if wanted */
} ft_chunk_summary;

/* Which weights a chunk's logits have: exp((logit - base) * factor) from `floor` up, else none. */
typedef struct {
    float base, factor, floor;
} ft_weighing;

/* Items [first, end) of an operation; args: its argument block. */
typedef void (*ft_range)(const void *args, int64_t first, int64_t end);

/* Channels [first, end) of one row that has a state. */
typedef void (*ft_of_row)(const void *args, int64_t row, int64_t first, int64_t end);

/* One head of one row that has a state; dots: what ft_chunk_dots found for the chunks of the row's prompt. */
typedef void (*ft_of_head)(const void *args, int64_t row, int64_t head, const float *dots);

/* Dot products of the pairs of tokens [token, token + tokens), one chunk, and what heads share of its inputs. */
typedef void (*ft_chunk_dots)(const void *args, int64_t token, int64_t tokens, float *dots);

/* Tokens of a chunk: CHUNK in StateSpaceWeights.java and DeltaRuleWeights.java. */
#define FT_CHUNK 64

/* From a row of turned vectors to the next: lines FT_CHUNK floats apart would fall into a quarter of the first-level cache's sets. */
#define FT_TURNED (FT_CHUNK + 16)
/* Of a chunk and a group: dots, then keys that are written by and keys that are read by, turned (fp32 [states, FT_TURNED]). */
#define FT_SPACE_FLOATS(states) (FT_CHUNK * FT_CHUNK + 2 * FT_TURNED * (states))
/* Of a chunk and a key head: dots of keys, dots of queries, then keys and queries by their lengths, turned. */
#define FT_DELTA_FLOATS(key_dim) (2 * FT_CHUNK * FT_CHUNK + 2 * FT_TURNED * (key_dim))

/* The state of a row. */
static inline float *ft_state_of(const ft_stateful *rows, int64_t row) {
    return rows->state + rows->slots[rows->slot_offsets[row * rows->slot_stride]] * rows->floats;
}

/* Tokens of a row that belong to its prompt; they come first. */
static inline int64_t ft_prompt_part(const ft_stateful *rows, int64_t row) {
    int64_t left = (int64_t)rows->prompt_tokens[row] - rows->first_positions[row];
    return ft_least(ft_most(left, 0), rows->token_counts[row]);
}

typedef struct {
    const ft_encoding *exact[FT_TYPES]; /* by ft_type; FT_INT8: attention only */
    const ft_encoding *fast[FT_TYPES];  /* the same, or the bf16 dot */
    const ft_encoding *latent[FT_TYPES];          /* for fast arithmetic, values in keys; null: that of the fast encoding */
    const ft_attention_kind *attention[FT_TYPES]; /* for fast arithmetic; null: that of the fast encoding */
    ft_range rms_norm;
    ft_range rotary;
    ft_range add;
    ft_range layer_norm;
    ft_range add_scaled;
    ft_range activate[8]; /* by ft_function */
    ft_range rescale;
    ft_range gather;
    ft_range combine;
    /* All rows by panels [first, end). */
    void (*lift)(const ft_lift *lift, int64_t first, int64_t end);
    ft_range gated_norm;
    ft_range affine;
    ft_range turn_tokens;  /* tiles of 16 tokens, for gather_terms */
    ft_range gather_terms; /* panels of 16 outputs */
    ft_range delta_units;
    ft_of_row convolve;
    ft_of_row selective_scan;
    ft_chunk_dots space_dots;
    ft_chunk_dots delta_dots;
    ft_of_head state_space;
    ft_of_head delta_rule;
    void (*write_kv)(const ft_write_kv_args *args, int64_t row, int64_t first, int64_t end);
    ft_chunk_summary (*summarize)(const ft_summarize_args *args, int64_t chunk);
    void (*top_k)(const ft_top_k_args *args);
    /* The sum of a chunk's weights, which are written to `weights` unless null; blocks below the floor are not read. */
    float (*weigh)(const ft_logits *row, int64_t chunk, ft_weighing weighing, float *weights);
} ft_kernel_table;

extern const ft_quantized ft_quantized__avx2;
extern const ft_quantized ft_quantized__avx2vnni;
extern const ft_quantized ft_quantized__avx512;
extern const ft_quantized ft_quantized__avx512vnni;
/* For many tokens. */
extern const ft_quantized ft_quantized__amx;

extern const ft_kernel_table ft_table__avx2;
extern const ft_kernel_table ft_table__avx512;
/* Replace .fast[FT_BF16], .fast[FT_INT8] and .fast[FT_FP8] of the avx512 table. */
extern const ft_encoding *const ft_bf16dot__avx512bf16;
extern const ft_encoding *const ft_int8dot__avx512bf16;
extern const ft_encoding *const ft_fp8dot__avx512bf16;
/* Replace .fast[FT_BF16] and .fast[FT_FP8]; the attentions join the table. */
extern const ft_encoding *const ft_bf16amx__amx;
extern const ft_encoding *const ft_fp8amx__amx;
extern const ft_attention_kind ft_attention_bf16__amx;
extern const ft_attention_kind ft_attention_f16__amx;
extern const ft_attention_kind ft_attention_int8__amx;

#endif
