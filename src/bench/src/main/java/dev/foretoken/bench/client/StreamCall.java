package dev.foretoken.bench.client;

import java.time.Duration;

/**
 * One streamed request to make.
 *
 * @param path below the base address, such as {@code /v1/completions}
 * @param body the JSON to post
 * @param limit how long to wait for the end of the answer
 */
public record StreamCall(String path, byte[] body, CancelPoint cancel, Duration limit) {}
