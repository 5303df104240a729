/**
 * Owns the bytes of variants: blobs named by their SHA-256, in a folder, in S3-compatible object storage, or both, with checking and
 * garbage collection.
 *
 * <p>Does not know which variants exist or what blobs mean: who collects or checks says what is reached. Entry type:
 * {@link dev.foretoken.registry.blob.BlobStore}. Any thread and any number of processes may use one store at once; a writer belongs to one
 * thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.blob;
