package dev.foretoken.app.config;

import dev.foretoken.registry.gate.Gate;
import java.util.List;
import java.util.Optional;

/**
 * What is served from the registry.
 *
 * @param mounts empty: nothing
 * @param floor what a variant that is chosen by {@code auto} must keep
 */
public record RegistrySettings(List<RegistryMount> mounts, Optional<Gate> floor) {

    public static final RegistrySettings NONE = new RegistrySettings(List.of(), Optional.empty());

    public RegistrySettings {
        mounts = List.copyOf(mounts);
    }
}
