package dev.foretoken.app.config;

import dev.foretoken.registry.gate.Gate;
import java.util.List;
import java.util.Optional;

/**
 * What is served from the registry.
 *
 * @param mounts empty: nothing
 * @param floor what a variant that is chosen by {@code auto} must keep
 * @param replica the registry that is asked, where it is not this process's own
 */
public record RegistrySettings(List<RegistryMount> mounts, Optional<Gate> floor, Optional<ReplicaSettings> replica) {

    public static final RegistrySettings NONE = new RegistrySettings(List.of(), Optional.empty());

    /** Of this process's own registry. */
    public RegistrySettings(List<RegistryMount> mounts, Optional<Gate> floor) {
        this(mounts, floor, Optional.empty());
    }

    /** Whether what is served is known only while this process runs. */
    public boolean followsAssignments() {
        return replica.isPresent();
    }

    public RegistrySettings {
        mounts = List.copyOf(mounts);
    }
}
