#define _GNU_SOURCE
#include "pool.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* How long an idle worker spins before it sleeps. A sleeping worker takes about 50 us to wake, a spinning one below 1 us. */
#define SPIN_NANOS 200000
#define SPINS_PER_CLOCK_READ 64

struct ft_pool {
    /* Tasks not handed out yet. Whoever takes it from n to n - 1 (n > 0) owns a task, and the job cannot change before that task is done. */
    _Alignas(64) _Atomic int64_t remaining;
    _Alignas(64) _Atomic int64_t finished;
    _Alignas(64) ft_task task;
    const void *job;
    int64_t count;
    _Alignas(64) _Atomic int32_t sleepers;
    _Atomic int32_t wake_ups;
    _Atomic int32_t stopping;
    int32_t workers;
    pthread_t threads[];
};

static int64_t now_nanos(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void pause_cpu(void) {
    __builtin_ia32_pause();
}

/* Takes and runs tasks until none is left. */
static void work(ft_pool *pool) {
    while (atomic_load_explicit(&pool->remaining, memory_order_relaxed) > 0) {
        int64_t left = atomic_fetch_sub_explicit(&pool->remaining, 1, memory_order_acq_rel);
        if (left <= 0) {
            return;
        }
        pool->task(pool->job, pool->count - left);
        atomic_fetch_add_explicit(&pool->finished, 1, memory_order_acq_rel);
    }
}

static int has_work(ft_pool *pool) {
    return atomic_load_explicit(&pool->remaining, memory_order_acquire) > 0 || atomic_load(&pool->stopping);
}

/* Spins until there is work or the spin time is over. */
static int spin(ft_pool *pool) {
    int64_t start = now_nanos();
    do {
        for (int i = 0; i < SPINS_PER_CLOCK_READ; i++) {
            if (has_work(pool)) {
                return 1;
            }
            pause_cpu();
        }
    } while (now_nanos() - start < SPIN_NANOS);
    return 0;
}

static void sleep_until_woken(ft_pool *pool) {
    int32_t seen = atomic_load(&pool->wake_ups);
    atomic_fetch_add(&pool->sleepers, 1);
    atomic_thread_fence(memory_order_seq_cst); /* pairs with the one in wake: one of the two sides sees the other */
    if (!has_work(pool)) {
        syscall(SYS_futex, &pool->wake_ups, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
    }
    atomic_fetch_sub(&pool->sleepers, 1);
}

static void wake(ft_pool *pool) {
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load(&pool->sleepers) > 0) {
        atomic_fetch_add(&pool->wake_ups, 1);
        syscall(SYS_futex, &pool->wake_ups, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    }
}

static void *worker(void *argument) {
    ft_pool *pool = argument;
    while (!atomic_load(&pool->stopping)) {
        if (spin(pool)) {
            work(pool);
        } else {
            sleep_until_woken(pool);
        }
    }
    return NULL;
}

/* Binds `thread` to the n-th CPU of this process's mask, counting round; best effort. */
static void pin(pthread_t thread, int32_t n) {
    cpu_set_t allowed, one;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
        return;
    }
    n %= CPU_COUNT(&allowed);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &allowed) && n-- == 0) {
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            pthread_setaffinity_np(thread, sizeof one, &one);
            return;
        }
    }
}

ft_pool *ft_pool_create(int32_t threads, int32_t pinned) {
    size_t bytes = sizeof(ft_pool) + (size_t)threads * sizeof(pthread_t);
    ft_pool *pool = aligned_alloc(64, (bytes + 63) & ~(size_t)63);
    if (pool == NULL) {
        return NULL;
    }
    memset(pool, 0, bytes);
    for (int32_t i = 0; i < threads - 1; i++) {
        if (pthread_create(&pool->threads[i], NULL, worker, pool) != 0) {
            ft_pool_destroy(pool);
            return NULL;
        }
        pool->workers++;
        if (pinned) {
            pin(pool->threads[i], i + 1);
        }
    }
    return pool;
}

void ft_pool_destroy(ft_pool *pool) {
    atomic_store(&pool->stopping, 1);
    wake(pool);
    for (int32_t i = 0; i < pool->workers; i++) {
        pthread_join(pool->threads[i], NULL);
    }
    free(pool);
}

int32_t ft_pool_threads(const ft_pool *pool) {
    return pool->workers + 1;
}

void ft_pool_run(ft_pool *pool, ft_task task, const void *job, int64_t count) {
    if (count == 1 || pool->workers == 0) {
        for (int64_t i = 0; i < count; i++) {
            task(job, i);
        }
        return;
    }
    pool->task = task;
    pool->job = job;
    pool->count = count;
    atomic_store_explicit(&pool->finished, 0, memory_order_relaxed);
    atomic_store_explicit(&pool->remaining, count, memory_order_release);
    wake(pool);
    work(pool);
    for (int64_t spins = 1; atomic_load_explicit(&pool->finished, memory_order_acquire) < count; spins++) {
        pause_cpu();
        if (spins % 4096 == 0) {
            sched_yield(); /* the worker may have lost its CPU to somebody else */
        }
    }
}
