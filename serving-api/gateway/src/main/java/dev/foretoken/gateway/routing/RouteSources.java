package dev.foretoken.gateway.routing;

import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.routing.health.HealthBook;
import dev.foretoken.routing.health.HealthConfig;
import dev.foretoken.routing.prefix.PrefixDirectory;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What a router reads.
 *
 * @param wall for records
 * @param nanos monotonic, as {@link System#nanoTime}
 * @param health how requests fared; on the clock of {@code nanos}
 * @param random for draws and for ids that nobody can guess; safe for use by many threads
 * @param prefixes where prompts' blocks lie; empty = nobody tells
 */
public record RouteSources(
        InstantSource wall,
        LongSupplier nanos,
        HealthBook health,
        RandomGenerator random,
        Optional<PrefixDirectory> prefixes) {

    public static RouteSources system() {
        return of(System::nanoTime);
    }

    /** Of this process, by another monotonic clock. */
    public static RouteSources of(LongSupplier nanos) {
        HealthBook health = new HealthBook(HealthConfig.DEFAULT, Telemetry.NONE, nanos);
        return new RouteSources(InstantSource.system(), nanos, health, new SecureRandom(), Optional.empty());
    }
}
