package dev.foretoken.registry.ingest;

/**
 * A file that an import did not take.
 *
 * @param path relative to what was imported; folders end in {@code /}
 * @param reason a clause
 */
public record LeftOut(String path, String reason) {}
