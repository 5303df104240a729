package dev.foretoken.database;

import dev.foretoken.contract.ForetokenException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a database is, and what is expected of it.
 *
 * @param name what messages call it, such as "the registry's database"
 * @param url {@code jdbc:sqlite:FILE} or {@code jdbc:postgresql://HOST/NAME?user=...&password=...}
 * @param connections how many there are at the most; SQLite, which has one writer, is given no more than four
 * @param patience how long to wait for an answer, a connection and a writer before
 */
public record DatabaseConfig(String name, String url, int connections, Duration patience) {

    private static final long SHORTEST_SECONDS = 2;

    /** @throws ForetokenException CONFIG_INVALID for another kind of url */
    public Dialect dialect() {
        return Dialect.of(this);
    }

    /** Where a database that is a file lies; empty for a server, and for one that is in memory. */
    public Optional<Path> file() {
        if (dialect() != Dialect.SQLITE) {
            return Optional.empty();
        }
        String name = url.substring("jdbc:sqlite:".length())
                .replaceFirst("^file:(//)?", "")
                .replaceFirst("[?].*", "");
        return name.isEmpty() || name.startsWith(":") ? Optional.empty() : Optional.of(Path.of(name));
    }

    /** How long a server may say nothing: sockets count whole seconds. */
    int silenceSeconds(int times) {
        return (int) Math.max(SHORTEST_SECONDS, times * patience.toSeconds());
    }
}
