package dev.foretoken.contract.engine;

import java.time.Instant;

/**
 * What callers may know of a loaded LoRA adapter.
 *
 * @param rank the largest of its matrices' ranks
 * @param bytes of memory
 */
public record AdapterInfo(String name, int rank, long bytes, Instant loadedAt) {}
