package dev.foretoken.app.config;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.name.Reference;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What of the registry is served: {@code toy:prod}, {@code toy@3}, {@code toy@3/q4} or {@code toy@3/auto} on the command line, each under that
 * name; or {@code toy}, with all its aliases, versions and variants.
 */
public record RegistryMount(Reference reference) {

    /** Whether a text names something in the registry: it reads as a reference, and is neither a file, nor a model of our own. */
    static boolean isOne(String text) {
        if (text.indexOf('=') >= 0 || ModelLocation.isOwn(text) || Files.exists(Path.of(text))) {
            return false;
        }
        try {
            Reference.parse(text);
            return true;
        } catch (ForetokenException e) {
            return false;
        }
    }

    static RegistryMount parse(String text) {
        return new RegistryMount(Reference.parse(text));
    }

    /** Everything of a model, loaded when it is asked for. */
    public boolean isWhole() {
        return reference instanceof Reference.Newest;
    }

    /** Whether {@code name} may be one that this serves: its own, or one of the model's aliases, versions and variants. */
    boolean serves(String name) {
        String model = reference.model();
        boolean below = name.startsWith(model + ":") || name.startsWith(model + "@");
        return name.equals(toString()) || isWhole() && below;
    }

    @Override
    public String toString() {
        return reference.toString();
    }
}
