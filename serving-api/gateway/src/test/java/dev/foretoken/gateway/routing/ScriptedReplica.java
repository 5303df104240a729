package dev.foretoken.gateway.routing;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.engine.Timings;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.fake.FakeGeneration;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.Resumed;
import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.gateway.model.EngineEndpoint;
import java.util.ArrayList;
import java.util.List;

/**
 * One of several engines that give the same answers, and that is lost behind a chosen event: all events of all choices, in turns, as an engine
 * that never fails would send them, then the failure.
 */
final class ScriptedReplica {

    static final int NEVER = Integer.MAX_VALUE;

    final FakeEngine engine = new FakeEngine("m", 1000);
    final String name;
    private int eventsBeforeTheEnd = NEVER;
    private ErrorCode end = ErrorCode.REPLICA_LOST;
    private PrefillMode prefill = PrefillMode.EXACT;

    ScriptedReplica(String name) {
        this.name = name;
        engine.behaving(this::play);
    }

    ScriptedReplica lostBehind(int events) {
        return endingBehind(events, ErrorCode.REPLICA_LOST);
    }

    ScriptedReplica endingBehind(int events, ErrorCode code) {
        eventsBeforeTheEnd = events;
        end = code;
        return this;
    }

    ScriptedReplica refusing(ErrorCode code) {
        engine.refusing(new ForetokenException(code, name + " refuses"));
        return this;
    }

    ScriptedReplica predicting() {
        prefill = PrefillMode.PREDICTED;
        return this;
    }

    EngineEndpoint endpoint() {
        return new EngineEndpoint(name, engine);
    }

    /** Token {@code index} of a choice: the same in every replica. */
    static int token(int choice, int index) {
        return 10 + 100 * choice + index;
    }

    private void play(FakeGeneration generation) {
        List<EngineEvent> events = events(generation.request());
        int until = Math.min(events.size(), eventsBeforeTheEnd);
        events.subList(0, until).forEach(generation::push);
        if (eventsBeforeTheEnd != NEVER) {
            for (int choice = 0; choice < generation.request().choices(); choice++) {
                generation.push(new EngineEvent.Failed(choice, end, name + " has ended"));
            }
        }
    }

    /** What an engine sends that is never lost, choices in turns. */
    List<EngineEvent> events(GenerationRequest request) {
        List<List<EngineEvent>> choices = new ArrayList<>();
        int longest = 0;
        for (int choice = 0; choice < request.choices(); choice++) {
            choices.add(events(request, choice));
            longest = Math.max(longest, choices.get(choice).size());
        }
        List<EngineEvent> events = new ArrayList<>();
        for (int i = 0; i < longest; i++) {
            for (List<EngineEvent> choice : choices) {
                if (i < choice.size()) {
                    events.add(choice.get(i));
                }
            }
        }
        return events;
    }

    private List<EngineEvent> events(GenerationRequest request, int choice) {
        Resumed.Choice known = request.resumed().choice(choice);
        int prompt = request.prompt().size();
        int most = request.stop().maxTokens();
        int from = known.tokens().size();
        for (int i = 0; i < from; i++) {
            if (known.tokens().get(i) != token(choice, i)) {
                throw new AssertionError("choice " + choice + " is resumed with wrong tokens: " + known);
            }
        }
        if (known.ended()) {
            return List.of(finished(choice, FinishReason.CANCELLED, prompt, from));
        }
        List<EngineEvent> events = new ArrayList<>();
        events.add(new EngineEvent.Started(choice, prompt, 1, prefill));
        if (request.output().wantsPromptLogprobs()) {
            TokenLogprobs scores = new TokenLogprobs(1, -1f, 1, new int[0], new float[0]);
            events.add(new EngineEvent.PromptScored(choice, List.of(scores)));
        }
        for (int i = from; i < most; i++) {
            events.add(new EngineEvent.TokenGenerated(choice, token(choice, i), prompt + i, null));
        }
        events.add(finished(choice, FinishReason.LENGTH, prompt, most));
        return events;
    }

    private static EngineEvent finished(int choice, FinishReason reason, int prompt, int tokens) {
        return new EngineEvent.Finished(
                choice, reason, new Usage(prompt, 1, tokens, PrefillUsage.EXACT, new Timings(5, 7, 9)));
    }
}
