/*
 * Worker threads that spin inside a step and sleep between steps. Tasks are handed out one by one from an atomic counter: who computes a
 * task never changes what it computes.
 */
#ifndef FT_POOL_H
#define FT_POOL_H

#include <stdint.h>

typedef struct ft_pool ft_pool;
typedef void (*ft_task)(const void *job, int64_t task);

/* Starts threads - 1 workers; the caller of ft_pool_run is the last one. Returns null on failure. */
ft_pool *ft_pool_create(int32_t threads, int32_t pinned);
void ft_pool_destroy(ft_pool *pool);
int32_t ft_pool_threads(const ft_pool *pool);

/* Runs task(job, 0 .. count - 1), each once, in any order and on any thread; returns when all are done. Same thread each time. */
void ft_pool_run(ft_pool *pool, ft_task task, const void *job, int64_t count);

#endif
