package dev.foretoken.scheduler.host;

import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.scheduler.loop.SchedulerLoop;
import java.util.Optional;

/** What a loaded variant consists of. {@code bytes}: what it takes of the budget. */
record OpenedModel(
        ModelShape shape,
        String runtimeName,
        Optional<ComputeInfo> compute,
        HeldAs heldAs,
        SchedulerLoop loop,
        long bytes) {}
