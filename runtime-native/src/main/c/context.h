/* What an open set of kernels holds: one ISA's table, the workers, scratch memory. */
#ifndef FT_CONTEXT_H
#define FT_CONTEXT_H

#include <stddef.h>

#include "kernel_table.h"
#include "pool.h"

/* Tasks handed out per thread: enough that a thread which loses its CPU for a while does not hold up the rest. */
#define FT_TASKS_PER_THREAD 8

/* From so many tokens the matrix unit beats dot products although it must unpack the weights first. */
#define FT_MANY_TOKENS 16

struct ft_context {
    ft_kernel_table table;
    const ft_quantized *quantized;
    const ft_quantized *quantized_many; /* from FT_MANY_TOKENS tokens */
    ft_pool *pool;
    void *scratch;
    size_t scratch_bytes;
};

/* At least `bytes` of 64-byte aligned memory that the next call may overwrite. Aborts when memory runs out: nothing could go on. */
void *ft_scratch(ft_context *context, size_t bytes);

/* The FT_BLOCKS and FT_CHANNELS products among `args`. */
void ft_matmul_quantized(ft_context *context, const ft_matmul_args *args);

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

#endif
