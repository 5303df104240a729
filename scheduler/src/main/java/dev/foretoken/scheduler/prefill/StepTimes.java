package dev.foretoken.scheduler.prefill;

import dev.foretoken.contract.runtime.StepPlan;

/** Is told what every step took. Allocates nothing. */
@FunctionalInterface
public interface StepTimes {

    StepTimes IGNORED = (plan, nanos) -> {};

    void observe(StepPlan plan, long nanos);
}
