package dev.foretoken.app.mount;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.ModelDetail;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.name.VariantRef;
import java.nio.file.Path;

/** A registry to be read. */
public record RegistryVariants(Registry registry) implements VariantCatalogue {

    @Override
    public long revision() {
        return registry.revision();
    }

    @Override
    public ModelDetail model(String name) {
        return registry.model(name);
    }

    @Override
    public Path folder(VariantRef variant) {
        return registry.look(variant).model();
    }

    @Override
    public void check(VariantRef variant, LoadProgress progress) {
        registry.view(variant, progress);
    }
}
