package dev.foretoken.batch.offset;

import java.util.Optional;

/**
 * What the metadata of a commit said.
 *
 * @param offsets from which reading goes on
 * @param problem a sentence on why the metadata was not believed; empty = it was
 */
public record RestoredOffsets(CompletedOffsets offsets, Optional<String> problem) {}
