package dev.foretoken.registry;

import dev.foretoken.registry.metadata.AliasTarget;
import java.util.List;

/**
 * A model in one line.
 *
 * @param versions how many there are
 * @param newest the newest version's number
 * @param variants of all versions
 * @param bytes of all variants' files, before blobs that they share are counted once
 */
public record ModelSummary(
        String name, int versions, int newest, int variants, long bytes, List<AliasTarget> aliases) {}
