package dev.foretoken.registry.metadata;

import dev.foretoken.registry.name.VariantRef;
import java.time.Instant;

/** Where an alias points; {@code target} may be {@code auto}. */
public record AliasTarget(String name, VariantRef target, Instant moved) {}
