package dev.foretoken.database;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Objects;
import java.util.stream.Stream;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/** The migrations by name: the class loader of a packaged application opens files of a jar but does not list its folders. */
final class MigrationFiles implements ResourceProvider {
    private final Tables tables;

    MigrationFiles(Tables tables) {
        this.tables = tables;
    }

    @Override
    public @Nullable LoadableResource getResource(String name) {
        return tables.migrations().contains(name) ? new Listed(tables.owner(), name) : null;
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
        return tables.migrations().stream()
                .filter(name -> name.startsWith(prefix) && Stream.of(suffixes).anyMatch(name::endsWith))
                .<LoadableResource>map(name -> new Listed(tables.owner(), name))
                .toList();
    }

    private static final class Listed extends LoadableResource {
        private final Class<?> owner;
        private final String name;

        Listed(Class<?> owner, String name) {
            this.owner = owner;
            this.name = name;
        }

        @Override
        public Reader read() {
            InputStream in = Objects.requireNonNull(owner.getResourceAsStream(name), name);
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
