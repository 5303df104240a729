package dev.foretoken.app.serve;

import dev.foretoken.app.config.AppConfig;
import dev.foretoken.wire.tls.TlsFiles;
import dev.foretoken.wire.tls.TlsMaterial;
import dev.foretoken.wire.tls.TlsRefresh;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Certificates and keys of this process. */
final class Transport {

    /** Orchestrators write a renewed certificate hours before the old one ends. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

    private Transport() {}

    /** @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID for files that cannot be used */
    static void check(AppConfig config) {
        read(config.transport().edge());
        read(config.transport().pods());
        config.offered().replica().ifPresent(replica -> read(replica.tls()));
    }

    /** Empty where no files are named. */
    static Optional<TlsMaterial> read(TlsFiles files) {
        return files.isEmpty() ? Optional.empty() : Optional.of(TlsMaterial.read(files, InstantSource.system()));
    }

    /** Looks for renewed files until it is closed. */
    static TlsRefresh follow(Stream<Optional<TlsMaterial>> all) {
        List<TlsMaterial> materials = all.flatMap(Optional::stream).toList();
        return TlsRefresh.start(materials, LOOK_EVERY);
    }
}
