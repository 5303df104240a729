package dev.foretoken.registry;

import dev.foretoken.registry.ingest.ImportReport;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.trust.Verdict;

/**
 * An import that succeeded.
 *
 * @param ref the version's base
 * @param known whether a version with the same files was there, which then is {@code ref}: nothing was added
 * @param report what was found, taken and left out
 * @param trust what the signature beside the files is worth, if there was one
 */
public record Imported(VariantRef ref, boolean known, ImportReport report, Verdict trust) {}
