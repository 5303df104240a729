package dev.foretoken.gateway.openai;

import dev.foretoken.gateway.model.PrefillChoice;

/**
 * What headers say about an answer.
 *
 * @param prefill where the body says it too, the body counts
 */
public record RequestHeaders(ServiceHeaders service, PrefillChoice prefill) {}
