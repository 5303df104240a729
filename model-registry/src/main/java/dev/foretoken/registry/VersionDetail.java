package dev.foretoken.registry;

import java.time.Instant;
import java.util.List;

/**
 * A version of a model.
 *
 * @param variants oldest first; the first is {@code base}
 */
public record VersionDetail(int version, Instant created, List<VariantDetail> variants) {}
