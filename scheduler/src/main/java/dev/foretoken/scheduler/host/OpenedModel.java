package dev.foretoken.scheduler.host;

import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.scheduler.loop.SchedulerLoop;

/** What a loaded variant consists of. {@code bytes}: what it takes of the budget. */
record OpenedModel(ModelShape shape, String runtimeName, SchedulerLoop loop, long bytes) {}
