/* What an open set of kernels holds: one ISA's table, the workers, scratch memory. */
#ifndef FT_CONTEXT_H
#define FT_CONTEXT_H

#include <stdatomic.h>
#include <stddef.h>

#include "kernel_table.h"
#include "pool.h"

/* Tasks handed out per thread: enough that a thread which loses its CPU for a while does not hold up the rest. */
#define FT_TASKS_PER_THREAD 8

/* From so many tokens the matrix unit beats dot products although it must unpack the weights first. */
#define FT_MANY_TOKENS 16

/* Memory that grows and is used again. */
typedef struct {
    void *memory;
    size_t bytes;
} ft_buffer;

struct ft_context {
    ft_kernel_table table;
    const ft_quantized *quantized;
    const ft_quantized *quantized_many; /* from FT_MANY_TOKENS tokens */
    ft_pool *pool;
    ft_buffer scratch;
    ft_buffer jobs;
};

/* At least `bytes` of 64-byte aligned memory that the next call may overwrite. Aborts when memory runs out: nothing could go on. */
void *ft_scratch(ft_context *context, size_t bytes);

/* As ft_scratch, apart from it: what tasks need to know. */
void *ft_jobs(ft_context *context, size_t bytes);

/* Of the slots of memory that tasks work in, as many as there are threads, one that no other task holds; storing 0 gives it back. */
static inline int64_t ft_hold_slot(atomic_int *held, int64_t threads) {
    for (int64_t slot = 0;; slot = (slot + 1) % threads) {
        int is_held = 0;
        if (atomic_compare_exchange_strong(&held[slot], &is_held, 1)) {
            return slot;
        }
    }
}

/* The FT_BLOCKS and FT_CHANNELS products among `count` groups, in one go. */
void ft_matmul_quantized(ft_context *context, const ft_matmul_args *groups, int64_t count);

/* The group behind `args`. */
static inline const ft_matmul_args *ft_next_group(const ft_matmul_args *args) {
    return (const void *)(args->products + args->count);
}

/* What a panel costs beside the products of its rows with tokens, in tokens: it must be read. */
#define FT_PANEL_COST 8

#endif
