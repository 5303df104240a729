package dev.foretoken.batch.store;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/** Brings the tables up to date with Flyway, which is not asked where one query says that they are. */
final class Migrations {

    /** Of the table in which Flyway says what was done; the registry's, which may be in the same database, has another. */
    private static final String HISTORY = "batch_migrations";

    private static final List<String> NAMES = List.of("V1__batch.sql");

    private final Dialect dialect;
    private final DataSource source;

    Migrations(Dialect dialect, DataSource source) {
        this.dialect = dialect;
        this.source = source;
    }

    void run() {
        int found = version();
        if (found > NAMES.size()) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "the tables of batches have version %d, this program knows %d: use the newer program that made them"
                            .formatted(found, NAMES.size()));
        }
        if (found < NAMES.size()) {
            migrate();
        }
    }

    private void migrate() {
        try {
            Flyway.configure(Migrations.class.getClassLoader())
                    .dataSource(source)
                    .table(HISTORY)
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .resourceProvider(new Listing())
                    .failOnMissingLocations(false)
                    .loggers("slf4j")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new ForetokenException(
                    ErrorCode.INTERNAL_ERROR, "the tables of batches could not be brought up to date", e);
        }
    }

    /** Of the tables that are there; 0 when there are none. */
    private int version() {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            return newest(statement);
        } catch (SQLException e) {
            throw unopened(e);
        }
    }

    private static int newest(Statement statement) {
        try (ResultSet row =
                statement.executeQuery("SELECT MAX(CAST(version AS INTEGER)) FROM " + HISTORY + " WHERE success")) {
            return row.next() ? row.getInt(1) : 0;
        } catch (SQLException e) {
            return 0;
        }
    }

    private ForetokenException unopened(SQLException e) {
        ForetokenException known = StoreErrors.of(dialect, e);
        return known.code() == ErrorCode.INTERNAL_ERROR
                ? new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        "the database of batches cannot be opened: look at its address, user, password and file",
                        e)
                : known;
    }

    /** The migrations by name: the class loader of a packaged application opens files of a jar but does not list its folders. */
    private static final class Listing implements ResourceProvider {
        @Override
        public @Nullable LoadableResource getResource(String name) {
            return NAMES.contains(name) ? new Listed(name) : null;
        }

        @Override
        public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
            return NAMES.stream()
                    .filter(name ->
                            name.startsWith(prefix) && Stream.of(suffixes).anyMatch(name::endsWith))
                    .<LoadableResource>map(Listed::new)
                    .toList();
        }
    }

    private static final class Listed extends LoadableResource {
        private final String name;

        Listed(String name) {
            this.name = name;
        }

        @Override
        public Reader read() {
            InputStream in = Objects.requireNonNull(Migrations.class.getResourceAsStream(name), name);
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
