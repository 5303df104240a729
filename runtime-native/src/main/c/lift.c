/* How products with matrices of few columns are cut into tasks: panels of each are handed out, those of all together. */
#include "context.h"

/* Below this many multiply-adds a fork costs more than it saves. */
#define SERIAL_TERMS (64 * 1024)

typedef struct {
    const ft_lift_args *args;
    const ft_kernel_table *table;
    int64_t cost; /* multiply-adds of a task, at least */
} lift_job;

static int64_t panels_of(const ft_lift *lift) {
    return ft_quotient_up(lift->columns, 16);
}

/* Panels of a task, in pairs, which are computed together. */
static int64_t panels_per_task(const lift_job *job, const ft_lift *lift) {
    return ft_quotient_up(ft_quotient_up(job->cost, lift->rows * lift->k * 16), 2) * 2;
}

static int64_t tasks_of(const lift_job *job, const ft_lift *lift) {
    return ft_quotient_up(panels_of(lift), panels_per_task(job, lift));
}

static void lift_task(const void *argument, int64_t task) {
    const lift_job *job = argument;
    const ft_lift *lift = job->args->lifts;
    for (; task >= tasks_of(job, lift); lift++) {
        task -= tasks_of(job, lift);
    }
    int64_t panels = panels_per_task(job, lift), first = task * panels;
    job->table->lift(lift, first, ft_least(first + panels, panels_of(lift)));
}

void ft_add_lifted(ft_context *context, const ft_lift_args *args) {
    lift_job job = {args, &context->table, 1};
    int64_t terms = 0, tasks = 0;
    for (int64_t i = 0; i < args->count; i++) {
        terms += args->lifts[i].rows * args->lifts[i].k * panels_of(&args->lifts[i]) * 16;
    }
    if (terms <= SERIAL_TERMS) {
        for (int64_t i = 0; i < args->count; i++) {
            context->table.lift(&args->lifts[i], 0, panels_of(&args->lifts[i]));
        }
        return;
    }
    job.cost = ft_quotient_up(terms, ft_pool_threads(context->pool) * FT_TASKS_PER_THREAD);
    for (int64_t i = 0; i < args->count; i++) {
        tasks += tasks_of(&job, &args->lifts[i]);
    }
    ft_pool_run(context->pool, lift_task, &job, tasks);
}
