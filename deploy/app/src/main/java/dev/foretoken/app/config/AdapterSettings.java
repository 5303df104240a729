package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.require;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which LoRA adapters there are.
 *
 * @param mounts loaded at the start
 * @param folder callers may load adapters from it while the server runs; empty: they may not
 */
public record AdapterSettings(List<AdapterMount> mounts, Optional<Path> folder) {

    public static final AdapterSettings NONE = new AdapterSettings(List.of(), Optional.empty());

    public AdapterSettings {
        mounts = List.copyOf(mounts);
        Set<String> names = new HashSet<>();
        for (AdapterMount mount : mounts) {
            require(names.add(mount.model() + ":" + mount.name()), "adapter", mount, "given once per model and name");
        }
    }

    /** Every adapter is of a model that is served. */
    void requireModelsIn(List<ModelMount> served) {
        for (AdapterMount mount : mounts) {
            boolean known = served.stream().anyMatch(model -> model.name().equals(mount.model()));
            require(known, "adapter", mount, "of a model that is served");
        }
    }
}
