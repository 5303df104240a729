package dev.foretoken.app.mount;

import dev.foretoken.app.config.RegistryMount;
import dev.foretoken.app.config.RegistrySettings;
import dev.foretoken.registry.gate.Gate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What of a registry is to be served.
 *
 * @param wanted asked again at each change of the registry
 * @param floor what a variant that is chosen by {@code auto} must keep
 */
public record Mounting(Supplier<List<RegistryMount>> wanted, Optional<Gate> floor) {

    /** As the settings say, for ever. */
    public static Mounting of(RegistrySettings settings) {
        return new Mounting(settings::mounts, settings.floor());
    }
}
