package dev.foretoken.registry.metadata;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/** The migrations by name: the class loader of a packaged application opens files of a jar but does not list its folders. */
final class MigrationFiles implements ResourceProvider {
    /** The version that {@link #NAMES} ends with. */
    static final int NEWEST = 2;

    private static final List<String> NAMES = List.of("V1__registry.sql", "V2__assignments.sql");

    @Override
    public @Nullable LoadableResource getResource(String name) {
        return NAMES.contains(name) ? new Listed(name) : null;
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
        return NAMES.stream()
                .filter(name -> name.startsWith(prefix) && Stream.of(suffixes).anyMatch(name::endsWith))
                .<LoadableResource>map(Listed::new)
                .toList();
    }

    private static final class Listed extends LoadableResource {
        private final String name;

        Listed(String name) {
            this.name = name;
        }

        @Override
        public Reader read() {
            InputStream in = Objects.requireNonNull(MigrationFiles.class.getResourceAsStream(name), name);
            return new InputStreamReader(in, StandardCharsets.UTF_8);
        }

        @Override
        public String getAbsolutePath() {
            return name;
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return name;
        }

        @Override
        public String getFilename() {
            return name;
        }

        @Override
        public String getRelativePath() {
            return name;
        }
    }
}
