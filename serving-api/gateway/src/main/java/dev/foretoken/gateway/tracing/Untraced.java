package dev.foretoken.gateway.tracing;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.request.GenerationRequest;

/** The trace that keeps nothing. */
record Untraced(GenerationRequest request) implements AnswerTrace {

    @Override
    public void routed(String endpoint) {}

    @Override
    public void answered(int promptTokens, int generatedTokens) {}

    @Override
    public void failed(ErrorCode why) {}
}
