package dev.foretoken.bench.cluster;

import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.prefix.PrefixChange;
import java.util.List;

/** What a pod tells every gateway: how busy it is, and what has changed of what it holds. */
record PodReport(int pod, ModelLoad load, List<PrefixChange> changes) {}
