package dev.foretoken.gateway.grpc;

import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.gateway.answer.AnswerEvent;
import dev.foretoken.gateway.answer.AnswerFinish;
import dev.foretoken.gateway.answer.AnswerPlan;
import dev.foretoken.gateway.answer.AnswerUsage;
import dev.foretoken.gateway.text.Tokenizer;
import dev.foretoken.wire.v1.Delta;
import dev.foretoken.wire.v1.Finish;
import dev.foretoken.wire.v1.GenerateResponse;
import dev.foretoken.wire.v1.PromptScore;
import dev.foretoken.wire.v1.TokenLogprob;
import dev.foretoken.wire.v1.Usage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes answer events as response messages. */
final class GenerateMessages {

    private final String requestId;
    private final Optional<Tokenizer> tokenizer;

    GenerateMessages(AnswerPlan plan) {
        this.requestId = plan.generation().identity().requestId();
        this.tokenizer = plan.model().tokenizer();
    }

    /** The message for an event; empty for events callers do not see. {@code usage}: what was spent so far. */
    Optional<GenerateResponse> of(AnswerEvent event, AnswerUsage usage) {
        return switch (event) {
            case AnswerEvent.Started started -> Optional.empty();
            case AnswerEvent.PromptScored scored ->
                Optional.of(response().setPromptScore(score(scored)).build());
            case AnswerEvent.Token token ->
                Optional.of(response().setDelta(delta(token)).build());
            case AnswerEvent.Ended ended ->
                Optional.of(response().setFinish(finish(ended, usage)).build());
        };
    }

    private GenerateResponse.Builder response() {
        return GenerateResponse.newBuilder().setRequestId(requestId);
    }

    private PromptScore score(AnswerEvent.PromptScored scored) {
        PromptScore.Builder message = PromptScore.newBuilder().setChoice(scored.choice());
        scored.logprobs().forEach(entry -> message.addLogprobs(logprob(entry)));
        return message.build();
    }

    private Delta delta(AnswerEvent.Token token) {
        Delta.Builder message = Delta.newBuilder()
                .setChoice(token.choice())
                .setText(token.text())
                .addTokenIds(token.tokenId());
        TokenLogprobs detail = token.logprobs();
        if (detail != null) {
            message.addLogprobs(logprob(detail));
        }
        return message.build();
    }

    private Finish finish(AnswerEvent.Ended ended, AnswerUsage usage) {
        return Finish.newBuilder()
                .setChoice(ended.choice())
                .setText(ended.text())
                .setReason(
                        switch (ended.finish().kind()) {
                            case STOP -> Finish.Reason.REASON_STOP;
                            case LENGTH -> Finish.Reason.REASON_LENGTH;
                        })
                .setMatchedStop(matched(ended.finish()))
                .setUsage(Usage.newBuilder()
                        .setPromptTokens(usage.promptTokens())
                        .setCachedTokens(usage.cachedTokens())
                        .setCompletionTokens(ended.completionTokens())
                        .setPrefill(PrefillMessages.usage(usage.prefill())))
                .build();
    }

    private String matched(AnswerFinish finish) {
        @Nullable String string = finish.stopString();
        if (string != null) {
            return string;
        }
        return finish.stopToken().isPresent() ? text(finish.stopToken().getAsInt()) : "";
    }

    private TokenLogprob logprob(TokenLogprobs entry) {
        TokenLogprob.Builder message = TokenLogprob.newBuilder()
                .setTokenId(entry.tokenId())
                .setText(text(entry.tokenId()))
                .setLogprob(entry.logprob())
                .setRank(entry.rank());
        for (int i = 0; i < entry.topIds().length; i++) {
            message.addAlternatives(TokenLogprob.Alternative.newBuilder()
                    .setTokenId(entry.topIds()[i])
                    .setText(text(entry.topIds()[i]))
                    .setLogprob(entry.topLogprobs()[i]));
        }
        return message.build();
    }

    private String text(int token) {
        return tokenizer.map(t -> t.tokenText(token).text()).orElse("");
    }
}
