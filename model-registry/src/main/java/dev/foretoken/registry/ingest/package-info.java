/**
 * Owns what comes in: which files of a folder are a model, what of them is checked before anything is stored, and how they become blobs.
 *
 * <p>Does not give models names or versions, and executes nothing of what it reads. Entry type: {@link
 * dev.foretoken.registry.ingest.Ingest}. Any thread may import; an import belongs to one thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.ingest;
