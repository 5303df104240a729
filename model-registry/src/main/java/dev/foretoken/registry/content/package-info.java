/**
 * Owns what a variant is made of, as values and as bytes: digests, descriptors, files, the variant's configuration and its manifest, with
 * one canonical JSON form of each.
 *
 * <p>Does not store, fetch or open anything. Entry type: {@link dev.foretoken.registry.content.VariantManifest}. Everything here is
 * immutable or pure and may be called from any thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.content;
