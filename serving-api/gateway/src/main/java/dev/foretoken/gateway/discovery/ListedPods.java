package dev.foretoken.gateway.discovery;

import dev.foretoken.gateway.remote.PodSource;
import dev.foretoken.gateway.remote.PodTarget;
import java.util.Set;
import java.util.function.Consumer;

/** Pods that are named one by one and stay. */
public record ListedPods(Set<PodTarget> pods) implements PodSource {

    public ListedPods {
        pods = Set.copyOf(pods);
    }

    @Override
    public void start(Consumer<Set<PodTarget>> listener) {
        listener.accept(pods);
    }

    @Override
    public void close() {
        // nothing is open
    }
}
