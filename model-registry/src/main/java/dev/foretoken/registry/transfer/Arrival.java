package dev.foretoken.registry.transfer;

import dev.foretoken.registry.Imported;
import dev.foretoken.registry.name.VariantRef;
import java.util.Optional;

/**
 * A model that has arrived.
 *
 * @param ref the version's base: a new one, or the one that has the same files
 * @param from where it is from, with the exact revision or digest
 * @param imported what the import found; empty for an artifact, which comes with its own configuration
 */
public record Arrival(VariantRef ref, String from, Optional<Imported> imported) {}
