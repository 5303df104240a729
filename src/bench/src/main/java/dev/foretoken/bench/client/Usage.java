package dev.foretoken.bench.client;

/** Token counts as the server states them; {@code cachedTokens}: the part of the prompt it took from a prefix cache. */
public record Usage(long promptTokens, long completionTokens, long cachedTokens) {}
