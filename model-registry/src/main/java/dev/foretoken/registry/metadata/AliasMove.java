package dev.foretoken.registry.metadata;

import dev.foretoken.registry.name.VariantRef;
import java.time.Instant;
import java.util.Optional;

/**
 * One move of an alias, kept for good. Says when and why, not who: the registry knows no people.
 *
 * @param from empty when the alias was new
 * @param to empty when it was removed
 */
public record AliasMove(String name, Instant moved, Optional<VariantRef> from, Optional<VariantRef> to, String why) {}
