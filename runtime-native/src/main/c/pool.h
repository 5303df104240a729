/*
 * Worker threads that spin inside a step and sleep between steps. Tasks are handed out one by one from an atomic counter: who computes a
 * task never changes what it computes.
 */
#ifndef FT_POOL_H
#define FT_POOL_H

#include <stdint.h>

typedef struct ft_pool ft_pool;
typedef void (*ft_task)(const void *job, int64_t task);

/* Starts threads - 1 workers; the caller of ft_pool_run is the last one. cpus: int32 [threads], worker i runs on cpus[i] only and cpus[0] is
 * the caller's; or null: wherever this process may run. Returns null when a worker cannot be started or bound. */
ft_pool *ft_pool_create(int32_t threads, const int32_t *cpus);
void ft_pool_destroy(ft_pool *pool);
int32_t ft_pool_threads(const ft_pool *pool);

/* Runs task(job, 0 .. count - 1), each once, in any order and on any thread; returns when all are done. Same thread each time. */
void ft_pool_run(ft_pool *pool, ft_task task, const void *job, int64_t count);

/* Binds the calling thread to cpus[0] until ft_pool_leave, which must follow on the same thread; nothing without cpus. Not for longer: a
 * thread that it starts meanwhile would inherit the binding. */
void ft_pool_enter(ft_pool *pool);
void ft_pool_leave(ft_pool *pool);

#endif
