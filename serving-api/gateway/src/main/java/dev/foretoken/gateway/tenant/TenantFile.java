package dev.foretoken.gateway.tenant;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * The file in which an operator keeps the tenants. It is read again when it has changed; one that cannot be read then is reported, and the
 * tenants stay as they were.
 */
public final class TenantFile {

    private static final Logger LOG = Logger.getLogger(TenantFile.class);
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long MAX_BYTES = 8 << 20;

    private final Path path;
    private final LongSupplier nanoClock;
    private volatile Loaded loaded;

    private record Stamp(FileTime modified, long bytes) {}

    /**
     * @param stamp of the file that the tenants are of
     * @param seen of the file last looked at, whether it could be read or not; empty = there was none
     */
    private record Loaded(Tenants tenants, Stamp stamp, Optional<Stamp> seen, long lookedAt) {}

    /**
     * @param nanoClock monotonic, as {@link System#nanoTime}
     * @throws ForetokenException CONFIG_INVALID when the file cannot be read or says something that cannot be
     */
    public TenantFile(Path path, LongSupplier nanoClock) {
        this.path = path;
        this.nanoClock = nanoClock;
        Stamp stamp = stamp();
        this.loaded = new Loaded(read(), stamp, Optional.of(stamp), nanoClock.getAsLong());
    }

    /** Those of the file as it was at most a second ago. */
    public Tenants current() {
        Loaded known = loaded;
        if (nanoClock.getAsLong() - known.lookedAt() < LOOK_NANOS) {
            return known.tenants();
        }
        return look();
    }

    private synchronized Tenants look() {
        long now = nanoClock.getAsLong();
        Loaded known = loaded;
        if (now - known.lookedAt() < LOOK_NANOS) {
            return known.tenants();
        }
        loaded = again(known, now);
        return loaded.tenants();
    }

    /** The stamp stays that of the tenants, so that a file that could not be read is tried again though it looks the same. */
    private Loaded again(Loaded known, long now) {
        Optional<Stamp> seen = Optional.empty();
        try {
            Stamp stamp = stamp();
            seen = Optional.of(stamp);
            Tenants tenants = stamp.equals(known.stamp()) ? known.tenants() : read();
            return new Loaded(tenants, stamp, seen, now);
        } catch (ForetokenException e) {
            if (!seen.equals(known.seen())) {
                LOG.errorf("the tenants stay as they were: %s", e.getMessage());
            }
            return new Loaded(known.tenants(), known.stamp(), seen, now);
        }
    }

    private Stamp stamp() {
        try {
            return new Stamp(Files.getLastModifiedTime(path), Files.size(path));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private Tenants read() {
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw new IOException("larger than " + MAX_BYTES + " bytes");
            }
            return TenantFormat.parse(Files.readString(path));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private ForetokenException unreadable(IOException e) {
        return new ForetokenException(
                ErrorCode.CONFIG_INVALID,
                "tenants=" + path + " cannot be read (" + e.getClass().getSimpleName()
                        + "); it must be a readable YAML or JSON file of at most " + MAX_BYTES + " bytes");
    }
}
