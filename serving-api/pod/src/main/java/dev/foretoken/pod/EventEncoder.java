package dev.foretoken.pod;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.wire.pod.v1.Event;
import dev.foretoken.wire.pod.v1.Failed;
import dev.foretoken.wire.pod.v1.Finished;
import dev.foretoken.wire.pod.v1.Logprobs;
import dev.foretoken.wire.pod.v1.PromptScored;
import dev.foretoken.wire.pod.v1.Started;
import dev.foretoken.wire.pod.v1.Token;
import java.util.ArrayList;
import java.util.List;

/** From the contract's events to messages. */
final class EventEncoder {

    /** Log-probabilities in one message: about 100 kB. */
    private static final int VALUES_PER_PART = 8192;

    private EventEncoder() {}

    /** One message, or several for the scores of a long prompt. */
    static List<Event> encode(EngineEvent event) {
        Event.Builder message = Event.newBuilder().setChoice(event.choice());
        switch (event) {
            case EngineEvent.Started e ->
                message.setStarted(Started.newBuilder()
                        .setPromptTokens(e.promptTokens())
                        .setCachedTokens(e.cachedTokens())
                        .setPrefillMode(e.prefill().ordinal()));
            case EngineEvent.PromptScored e -> {
                return scores(e, message);
            }
            case EngineEvent.TokenGenerated e -> message.setToken(token(e));
            case EngineEvent.Repaired e -> message.setRepairedAt(e.position());
            case EngineEvent.Finished e -> message.setFinished(finished(e));
            case EngineEvent.Failed e ->
                message.setFailed(Failed.newBuilder().setCode(e.code().number()).setDetail(e.detail()));
        }
        return List.of(message.build());
    }

    private static List<Event> scores(EngineEvent.PromptScored event, Event.Builder message) {
        List<Event> parts = new ArrayList<>();
        PromptScored.Builder part = PromptScored.newBuilder();
        int values = 0;
        for (TokenLogprobs entry : event.logprobs()) {
            if (values >= VALUES_PER_PART) {
                parts.add(message.setPromptScored(part.setMore(true)).build());
                part = PromptScored.newBuilder();
                values = 0;
            }
            part.addLogprobs(logprobs(entry));
            values += 1 + entry.topIds().length;
        }
        parts.add(message.setPromptScored(part).build());
        return parts;
    }

    private static Token token(EngineEvent.TokenGenerated event) {
        Token.Builder message = Token.newBuilder().setId(event.tokenId()).setPosition(event.position());
        TokenLogprobs detail = event.logprobs();
        if (detail != null) {
            message.setLogprobs(logprobs(detail));
        }
        return message.build();
    }

    private static Logprobs logprobs(TokenLogprobs entry) {
        Logprobs.Builder message = Logprobs.newBuilder()
                .setTokenId(entry.tokenId())
                .setLogprob(entry.logprob())
                .setRank(entry.rank());
        for (int i = 0; i < entry.topIds().length; i++) {
            message.addTopIds(entry.topIds()[i]).addTopLogprobs(entry.topLogprobs()[i]);
        }
        return message.build();
    }

    private static Finished finished(EngineEvent.Finished event) {
        Usage usage = event.usage();
        return Finished.newBuilder()
                .setReason(event.reason().ordinal())
                .setPromptTokens(usage.promptTokens())
                .setCachedTokens(usage.cachedTokens())
                .setCompletionTokens(usage.completionTokens())
                .setPrefillMode(usage.prefill().mode().ordinal())
                .setPredictedTokens(usage.prefill().predictedTokens())
                .setRepairedAt(usage.prefill().repairedAt())
                .setQueueNanos(usage.timings().queueNanos())
                .setPrefillNanos(usage.timings().prefillNanos())
                .setDecodeNanos(usage.timings().decodeNanos())
                .build();
    }
}
