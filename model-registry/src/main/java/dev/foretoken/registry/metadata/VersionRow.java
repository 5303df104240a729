package dev.foretoken.registry.metadata;

import java.time.Instant;

/** A version of a model. */
public record VersionRow(int version, Instant created) {}
