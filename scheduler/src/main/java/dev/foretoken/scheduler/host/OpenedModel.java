package dev.foretoken.scheduler.host;

import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.ExpertLoad;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.scheduler.loop.SchedulerLoop;
import java.util.List;
import java.util.Optional;

/** What a loaded variant consists of. {@code memory}: what it takes of the budget, adapters apart. */
record OpenedModel(
        ModelShape shape,
        String runtimeName,
        Optional<ComputeInfo> compute,
        HeldAs heldAs,
        List<ExpertLoad> expertLoads,
        SchedulerLoop loop,
        AdapterTable adapters,
        MemoryShare memory) {}
