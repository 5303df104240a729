package dev.foretoken.gateway.openai;

import java.util.function.Supplier;

/**
 * What every body and chunk of one answer repeats.
 *
 * @param created seconds since 1970
 * @param fingerprint engines with equal values give bit-identical answers; asked when the first of them is written, because a model that is
 *     loaded for this request has none before
 */
public record ReplyHead(String id, long created, String model, Supplier<String> fingerprint) {}
