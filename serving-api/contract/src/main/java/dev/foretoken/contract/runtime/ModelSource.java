package dev.foretoken.contract.runtime;

import java.net.URI;

/**
 * A variant to open.
 *
 * @param name the name it is served under
 * @param location {@code file:} of a checkpoint directory or file, or {@code random:SHAPE} for random weights of a named shape
 * @param digest content digest ({@code sha256:...}) when a registry gave one, else empty
 */
public record ModelSource(String name, URI location, String digest) {
    public static ModelSource of(String name, java.nio.file.Path path) {
        return new ModelSource(name, path.toAbsolutePath().normalize().toUri(), "");
    }

    public boolean isFile() {
        return "file".equals(location.getScheme());
    }
}
