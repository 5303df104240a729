package dev.foretoken.batch.job;

import dev.foretoken.batch.BatchEndpoint;

/**
 * One request of a file.
 *
 * @param customId the caller's, by which the answer is found
 * @param body JSON, not read further
 * @param model that the body names
 */
record RequestLine(String customId, BatchEndpoint endpoint, String model, byte[] body) {}
