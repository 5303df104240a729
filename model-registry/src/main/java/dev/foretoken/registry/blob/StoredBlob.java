package dev.foretoken.registry.blob;

import dev.foretoken.registry.content.Digest;
import java.time.Instant;

/**
 * A blob that a store lists.
 *
 * @param size in bytes
 * @param renewed when it was last put or renewed
 */
public record StoredBlob(Digest digest, long size, Instant renewed) {}
