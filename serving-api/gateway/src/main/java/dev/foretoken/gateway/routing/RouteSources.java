package dev.foretoken.gateway.routing;

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
 * @param random for draws and for ids that nobody can guess; safe for use by many threads
 * @param prefixes where prompts' blocks lie; empty = nobody tells
 */
public record RouteSources(
        InstantSource wall, LongSupplier nanos, RandomGenerator random, Optional<PrefixDirectory> prefixes) {

    public static RouteSources system() {
        return new RouteSources(InstantSource.system(), System::nanoTime, new SecureRandom(), Optional.empty());
    }
}
