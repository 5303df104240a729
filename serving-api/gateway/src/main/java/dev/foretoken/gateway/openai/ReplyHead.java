package dev.foretoken.gateway.openai;

/**
 * What every body and chunk of one answer repeats.
 *
 * @param created seconds since 1970
 * @param fingerprint engines with equal values give bit-identical answers
 */
public record ReplyHead(String id, long created, String model, String fingerprint) {}
