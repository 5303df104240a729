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

/*
 * How long an idle worker spins before it sleeps. A sleeping worker takes about 50 us to wake, a spinning one below 1 us.
 *
 * Spinning bridges the gaps between the kernels of a step and between two steps; that it ends at a fixed time is what makes an idle server
 * cost nothing: a worker asleep in futex has no timeout and is woken by work only. While it spins a worker is to the system what it is while
 * it computes: one runnable thread of normal priority. Threads that serve HTTP sleep most of the time, so a fair scheduler lets them run
 * ahead of a worker on the same CPU as soon as they wake, at the cost of one task's delay (the tasks of a job are handed out one by one,
 * the other workers take the rest). Threads without a worker's binding also move to any idle CPU. Where that is not enough, --cpus keeps the
 * workers off some CPUs.
 */
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
    int32_t bound; /* whether there are CPUs to keep to */
    int32_t caller_cpu;
    cpu_set_t caller_mask; /* between enter and leave: what the caller may use otherwise */
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
    pthread_setname_np(pthread_self(), "foretoken-work");
    while (!atomic_load(&pool->stopping)) {
        if (spin(pool)) {
            work(pool);
        } else {
            sleep_until_woken(pool);
        }
    }
    return NULL;
}

/* Binds a thread to one CPU; returns 0 when done. */
static int bind_to(pthread_t thread, int32_t cpu) {
    cpu_set_t one;
    if (cpu < 0 || cpu >= CPU_SETSIZE) {
        return -1;
    }
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    return pthread_setaffinity_np(thread, sizeof one, &one);
}

ft_pool *ft_pool_create(int32_t threads, const int32_t *cpus) {
    size_t bytes = sizeof(ft_pool) + (size_t)threads * sizeof(pthread_t);
    ft_pool *pool = aligned_alloc(64, (bytes + 63) & ~(size_t)63);
    if (pool == NULL) {
        return NULL;
    }
    memset(pool, 0, bytes);
    pool->bound = cpus != NULL;
    pool->caller_cpu = cpus == NULL ? 0 : cpus[0];
    for (int32_t i = 0; i < threads - 1; i++) {
        if (pthread_create(&pool->threads[i], NULL, worker, pool) != 0) {
            ft_pool_destroy(pool);
            return NULL;
        }
        pool->workers++;
        if (cpus != NULL && bind_to(pool->threads[i], cpus[i + 1]) != 0) {
            ft_pool_destroy(pool);
            return NULL;
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

void ft_pool_enter(ft_pool *pool) {
    if (pool->bound) {
        CPU_ZERO(&pool->caller_mask);
        pthread_getaffinity_np(pthread_self(), sizeof pool->caller_mask, &pool->caller_mask);
        bind_to(pthread_self(), pool->caller_cpu);
    }
}

void ft_pool_leave(ft_pool *pool) {
    if (pool->bound && CPU_COUNT(&pool->caller_mask) > 0) {
        pthread_setaffinity_np(pthread_self(), sizeof pool->caller_mask, &pool->caller_mask);
    }
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
