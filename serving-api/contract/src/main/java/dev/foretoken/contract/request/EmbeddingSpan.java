package dev.foretoken.contract.request;

import java.lang.foreign.MemorySegment;

/**
 * Prompt positions whose input is a vector and not a token. Made by the server's own encoders, never taken from a caller.
 *
 * @param firstPosition 0-based prompt position of the first vector
 * @param count number of vectors
 * @param vectors fp32 [count, hidden], read-only, alive until the request ends
 * @param contentHash 128-bit (16 bytes) hash of what was encoded; it stands for the token ids in the prefix cache key
 */
public record EmbeddingSpan(int firstPosition, int count, MemorySegment vectors, byte[] contentHash) {
    public EmbeddingSpan {
        if (contentHash.length != 16) {
            throw new IllegalArgumentException("content hash has " + contentHash.length + " bytes, must have 16");
        }
    }
}
