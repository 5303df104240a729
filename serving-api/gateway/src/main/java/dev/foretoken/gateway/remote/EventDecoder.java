package dev.foretoken.gateway.remote;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Timings;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.wire.pod.v1.Event;
import dev.foretoken.wire.pod.v1.Finished;
import dev.foretoken.wire.pod.v1.Logprobs;
import dev.foretoken.wire.pod.v1.Token;

/** From a pod's messages to the contract's events. */
final class EventDecoder {

    private EventDecoder() {}

    static EngineEvent decode(Event message) {
        int choice = message.getChoice();
        return switch (message.getEventCase()) {
            case STARTED ->
                new EngineEvent.Started(
                        choice,
                        message.getStarted().getPromptTokens(),
                        message.getStarted().getCachedTokens());
            case PROMPT_SCORED ->
                new EngineEvent.PromptScored(
                        choice,
                        message.getPromptScored().getLogprobsList().stream()
                                .map(EventDecoder::logprobs)
                                .toList());
            case TOKEN -> token(choice, message.getToken());
            case REPAIRED_AT -> new EngineEvent.Repaired(choice, message.getRepairedAt());
            case FINISHED -> finished(choice, message.getFinished());
            case FAILED ->
                new EngineEvent.Failed(
                        choice,
                        ErrorCode.ofNumber(message.getFailed().getCode()),
                        message.getFailed().getDetail());
            case EVENT_NOT_SET ->
                new EngineEvent.Failed(
                        choice, ErrorCode.INTERNAL_ERROR, "the runtime pod sent an event this gateway does not know");
        };
    }

    private static EngineEvent token(int choice, Token token) {
        return new EngineEvent.TokenGenerated(
                choice, token.getId(), token.getPosition(), token.hasLogprobs() ? logprobs(token.getLogprobs()) : null);
    }

    private static TokenLogprobs logprobs(Logprobs message) {
        int[] ids = message.getTopIdsList().stream().mapToInt(Integer::intValue).toArray();
        float[] values = new float[message.getTopLogprobsCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = message.getTopLogprobs(i);
        }
        return new TokenLogprobs(message.getTokenId(), message.getLogprob(), message.getRank(), ids, values);
    }

    private static EngineEvent finished(int choice, Finished message) {
        Timings timings = new Timings(message.getQueueNanos(), message.getPrefillNanos(), message.getDecodeNanos());
        Usage usage = new Usage(
                message.getPromptTokens(),
                message.getCachedTokens(),
                message.getCompletionTokens(),
                PrefillMode.values()[message.getPrefillMode()],
                message.getRepairedAt(),
                timings);
        return new EngineEvent.Finished(choice, FinishReason.values()[message.getReason()], usage);
    }
}
