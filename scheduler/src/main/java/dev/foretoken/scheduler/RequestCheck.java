package dev.foretoken.scheduler;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.Resumed;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.scheduler.blocks.CachePools;

/** Refuses what a variant can never answer. Immutable; any thread may call it. */
public final class RequestCheck {

    private final ModelShape shape;
    private final Capabilities capabilities;
    private final CachePools pools;
    private final int stepTokens;
    private final int contextTokens;

    RequestCheck(ModelShape shape, Capabilities capabilities, CachePools pools, int stepTokens) {
        this.shape = shape;
        this.capabilities = capabilities;
        this.pools = pools;
        this.stepTokens = stepTokens;
        this.contextTokens = Math.min(shape.contextTokens(), pools.slotCapacity());
    }

    /** Most tokens a sequence of this request can have: its limit, cut at the context. */
    int maxLength(GenerationRequest request) {
        long limit = (long) request.prompt().size() + request.stop().maxTokens();
        return (int) Math.min(contextTokens, limit);
    }

    /** Most tokens each choice can generate. */
    public int maxNewTokens(GenerationRequest request) {
        return maxLength(request) - request.prompt().size();
    }

    /**
     * @throws ForetokenException INVALID_REQUEST, CONTEXT_LENGTH_EXCEEDED, UNSUPPORTED_FEATURE, INSUFFICIENT_MEMORY; REPLICA_LOST for an answer
     *     that was begun with other numerics
     */
    public void check(GenerationRequest request) {
        checkNumerics(request.resumed());
        checkPrompt(request);
        checkEmbeddings(request);
        checkTokens("prompt", request.prompt().tokens());
        checkTokens("stop_token_ids", request.stop().stopTokens());
        checkTokens("logit_bias", request.sampling().bias().ids());
        checkFeatures(request);
        if (!request.resumed().isEmpty()) {
            checkResumed(request);
        }
        if (!pools.fitsAlone(CachePools.BASE, maxLength(request), stepTokens)) {
            throw new ForetokenException(
                    ErrorCode.INSUFFICIENT_MEMORY,
                    "a sequence of " + maxLength(request) + " tokens never fits into this model's cache;"
                            + " ask for fewer tokens");
        }
    }

    private void checkPrompt(GenerationRequest request) {
        int prompt = request.prompt().size();
        if (request.stop().maxTokens() < 0) {
            throw ForetokenException.invalid(
                    "max_tokens", "max_tokens is " + request.stop().maxTokens() + ", must be at least 0");
        }
        if (prompt == 0) {
            throw ForetokenException.invalid("prompt", "the prompt has no tokens, at least 1 is needed");
        }
        int atLeast = request.stop().maxTokens() == 0 ? 0 : 1;
        if (prompt + atLeast > contextTokens) {
            throw new ForetokenException(
                            ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                            "the prompt has " + prompt + " tokens, but this model's context length is " + contextTokens
                                    + " tokens, answer included")
                    .withParam("prompt");
        }
    }

    private static void checkEmbeddings(GenerationRequest request) {
        for (EmbeddingSpan span : request.prompt().embeddings()) {
            boolean inside = span.firstPosition() >= 0
                    && span.count() >= 1
                    && span.count() <= request.prompt().size() - span.firstPosition();
            if (!inside) {
                throw ForetokenException.invalid(
                        "prompt",
                        "embeddings cover " + span.count() + " positions from " + span.firstPosition()
                                + ", the prompt has " + request.prompt().size());
            }
        }
    }

    private void checkTokens(String param, TokenIds ids) {
        for (int i = 0; i < ids.size(); i++) {
            if (ids.get(i) < 0 || ids.get(i) >= shape.vocabularySize()) {
                throw ForetokenException.invalid(
                        param,
                        "token id " + ids.get(i) + " is outside the vocabulary [0, " + shape.vocabularySize() + ")");
            }
        }
    }

    private void checkFeatures(GenerationRequest request) {
        offered(
                !request.output().wantsPromptLogprobs() || capabilities.has(Feature.PROMPT_LOGPROBS),
                "prompt_logprobs");
        offered(request.prompt().embeddings().isEmpty() || capabilities.has(Feature.EMBEDDING_ROWS), "embeddings");
        offered(!request.output().hiddenStates(), "hidden_states");
        offered(request.options().constraint().isEmpty(), "constrained output");
        offered(request.options().adapter().isEmpty() || capabilities.has(Feature.ADAPTERS), "adapter");
        if (request.options().prefill().mode() == PrefillMode.PREDICTED) {
            checkPrediction(request);
        }
    }

    private void checkPrediction(GenerationRequest request) {
        offered(predicts(), "predicted prefill");
        offered(!request.output().wantsPromptLogprobs(), "prompt_logprobs of a predicted prompt");
        offered(request.prompt().embeddings().isEmpty(), "embeddings in a predicted prompt");
        offered(request.options().adapter().isEmpty(), "an adapter behind a predicted prompt");
        if (!fitsAuxiliary(request)) {
            throw new ForetokenException(
                    ErrorCode.INSUFFICIENT_MEMORY,
                    "a prompt of " + request.prompt().size() + " tokens never fits into the cache of this model's"
                            + " auxiliary; ask for exact prefill");
        }
    }

    /** Whether prompts can be predicted. */
    public boolean predicts() {
        return pools.auxiliaryPart() != CachePools.NO_PART && capabilities.has(Feature.PREDICTION);
    }

    /** Whether this prompt can be predicted. */
    boolean predicts(GenerationRequest request) {
        return predicts()
                && !request.output().wantsPromptLogprobs()
                && request.prompt().embeddings().isEmpty()
                && request.options().adapter().isEmpty()
                && fitsAuxiliary(request);
    }

    private boolean fitsAuxiliary(GenerationRequest request) {
        return pools.fitsAlone(pools.auxiliaryPart(), request.prompt().size() - 1, stepTokens);
    }

    /** Who sent it here knows what was loaded a moment ago. */
    private void checkNumerics(Resumed resumed) {
        if (!resumed.numericsId().isEmpty() && !resumed.numericsId().equals(shape.numericsId())) {
            throw new ForetokenException(
                    ErrorCode.REPLICA_LOST,
                    "the answer was begun with numerics '" + resumed.numericsId() + "', and this engine computes with '"
                            + shape.numericsId() + "'; send the request again");
        }
    }

    private void checkResumed(GenerationRequest request) {
        offered(capabilities.has(Feature.BATCH_INVARIANT), "to go on with an answer that another engine began");
        offered(
                request.options().prefill().mode() == PrefillMode.EXACT,
                "to go on with an answer whose prompt is not computed exactly");
        for (Resumed.Choice choice : request.resumed().choices()) {
            checkTokens("resumed", choice.tokens());
            if (choice.tokens().size() > maxNewTokens(request)) {
                throw ForetokenException.invalid(
                        "resumed",
                        choice.tokens().size() + " tokens are given as generated, the request allows "
                                + maxNewTokens(request));
            }
        }
    }

    private static void offered(boolean fine, String feature) {
        if (!fine) {
            throw new ForetokenException(
                    ErrorCode.UNSUPPORTED_FEATURE, "this model does not offer " + feature + "; leave it out");
        }
    }
}
