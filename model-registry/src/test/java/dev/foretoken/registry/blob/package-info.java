/**
 * Tests of blob stores: what is stored and found, crashes, full disks, damage, concurrent use, and collection.
 *
 * <p>Does not test what blobs mean. Entry type: {@link dev.foretoken.registry.blob.BlobStoreContract}, which every store passes. Tests call
 * it from their threads.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.blob;
