package dev.foretoken.gateway.tracing;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.request.GenerationRequest;

/** The span of one request at the edge. Used by its reader; what comes after the end has no effect. */
public interface AnswerTrace {

    /** What engines get: caused by this span. */
    GenerationRequest request();

    /** An engine took it. */
    void routed(String endpoint);

    /** All choices ended well. */
    void answered(int promptTokens, int generatedTokens);

    /** It was refused, failed, or its caller left. */
    void failed(ErrorCode why);

    /** Of a request that nobody follows: it goes on as it is, with what its caller said of its cause. */
    static AnswerTrace none(GenerationRequest request) {
        return new Untraced(request);
    }
}
