package dev.foretoken.registry.blob;

import dev.foretoken.registry.content.Digest;

/**
 * A manifest that must stay readable, with everything it names.
 *
 * @param name who needs it, such as {@code toy@3/q4}; for messages
 */
public record BlobRoot(String name, Digest manifest) {}
