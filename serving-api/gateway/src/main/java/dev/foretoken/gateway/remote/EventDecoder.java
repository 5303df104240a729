package dev.foretoken.gateway.remote;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.engine.Timings;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.wire.pod.v1.Event;
import dev.foretoken.wire.pod.v1.Finished;
import dev.foretoken.wire.pod.v1.Logprobs;
import dev.foretoken.wire.pod.v1.PromptScored;
import dev.foretoken.wire.pod.v1.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** From a pod's messages to the contract's events, of one request. Used under the request's lock. */
final class EventDecoder {

    /** By choice: the parts of its prompt's scores that came so far. */
    private final List<List<TokenLogprobs>> scores = new ArrayList<>();

    EventDecoder(int choices) {
        for (int choice = 0; choice < choices; choice++) {
            scores.add(new ArrayList<>());
        }
    }

    /** Empty for a part of an event that is not complete yet. */
    Optional<EngineEvent> decode(Event message) {
        int choice = message.getChoice();
        return message.hasPromptScored()
                ? scored(choice, message.getPromptScored())
                : Optional.of(whole(choice, message));
    }

    private Optional<EngineEvent> scored(int choice, PromptScored part) {
        List<TokenLogprobs> all = scores.get(choice);
        part.getLogprobsList().forEach(entry -> all.add(logprobs(entry)));
        if (part.getMore()) {
            return Optional.empty();
        }
        scores.set(choice, new ArrayList<>());
        return Optional.of(new EngineEvent.PromptScored(choice, all));
    }

    private static EngineEvent whole(int choice, Event message) {
        return switch (message.getEventCase()) {
            case STARTED ->
                new EngineEvent.Started(
                        choice,
                        message.getStarted().getPromptTokens(),
                        message.getStarted().getCachedTokens(),
                        PrefillMode.values()[message.getStarted().getPrefillMode()]);
            case TOKEN -> token(choice, message.getToken());
            case REPAIRED_AT -> new EngineEvent.Repaired(choice, message.getRepairedAt());
            case FINISHED -> finished(choice, message.getFinished());
            case FAILED ->
                new EngineEvent.Failed(
                        choice,
                        ErrorCode.ofNumber(message.getFailed().getCode()),
                        message.getFailed().getDetail());
            case PROMPT_SCORED, EVENT_NOT_SET ->
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
                new PrefillUsage(
                        PrefillMode.values()[message.getPrefillMode()],
                        message.getPredictedTokens(),
                        message.getRepairedAt()),
                timings);
        return new EngineEvent.Finished(choice, FinishReason.values()[message.getReason()], usage);
    }
}
