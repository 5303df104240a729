package dev.foretoken.bench.cluster;

import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.prefix.PrefixChange;
import java.util.List;
import java.util.Optional;

/**
 * What a pod tells every gateway: how busy it is, and what has changed of what it holds.
 *
 * @param load empty where there is nothing to tell any more: its connection has ended
 */
record PodReport(int pod, Optional<ModelLoad> load, List<PrefixChange> changes) {

    static PodReport lost(int pod) {
        return new PodReport(pod, Optional.empty(), List.of());
    }
}
