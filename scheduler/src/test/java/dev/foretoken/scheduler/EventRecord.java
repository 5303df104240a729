package dev.foretoken.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.EngineEvent.Failed;
import dev.foretoken.contract.engine.EngineEvent.Finished;
import dev.foretoken.contract.engine.EngineEvent.PromptScored;
import dev.foretoken.contract.engine.EngineEvent.Repaired;
import dev.foretoken.contract.engine.EngineEvent.Started;
import dev.foretoken.contract.engine.EngineEvent.TokenGenerated;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.fake.FakeReference;
import dev.foretoken.contract.request.GenerationRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The events of one request, checked for their order as they come and for their content at the end. */
final class EventRecord implements EventSink {

    final GenerationRequest request;
    private final List<List<EngineEvent>> events = new ArrayList<>();

    EventRecord(GenerationRequest request) {
        this.request = request;
        for (int choice = 0; choice < request.choices(); choice++) {
            events.add(new ArrayList<>());
        }
    }

    @Override
    public void accept(EngineEvent event) {
        List<EngineEvent> before = events.get(event.choice());
        Invariants.require(before.isEmpty() || !before.getLast().isLast(), "an event after the last");
        boolean started = !before.isEmpty();
        switch (event) {
            case Started e -> Invariants.require(!started, "started twice");
            case PromptScored e -> Invariants.require(before.size() == 1, "scored late");
            case TokenGenerated e -> Invariants.require(started, "a token before the start");
            case Repaired e -> throw new AssertionError("nothing was predicted");
            case Finished e -> {}
            case Failed e -> {}
        }
        before.add(event);
    }

    List<EngineEvent> of(int choice) {
        return events.get(choice);
    }

    @Nullable
    EngineEvent last(int choice) {
        List<EngineEvent> own = events.get(choice);
        return own.isEmpty() || !own.getLast().isLast() ? null : own.getLast();
    }

    List<Integer> tokens(int choice) {
        return events.get(choice).stream()
                .filter(e -> e instanceof TokenGenerated)
                .map(e -> ((TokenGenerated) e).tokenId())
                .toList();
    }

    /** Complete answers equal the reference, broken off ones are its beginning. */
    void check(FakeReference reference) {
        for (int choice = 0; choice < request.choices(); choice++) {
            List<Integer> expected = reference.tokens(request, choice);
            List<Integer> found = tokens(choice);
            String what = "request " + request.identity().requestId() + " choice " + choice;
            switch (last(choice)) {
                case null -> throw new AssertionError(what + " never ended: " + of(choice));
                case Finished e
                when e.reason() != FinishReason.CANCELLED -> {
                    assertThat(found).as(what).isEqualTo(expected);
                    assertThat(e.usage().completionTokens()).isEqualTo(found.size());
                    checkScores(reference, choice);
                    checkDraws(reference, choice);
                    checkReason(e, expected);
                }
                case EngineEvent e ->
                    assertThat(expected.subList(0, found.size())).as(what).isEqualTo(found);
            }
        }
    }

    private void checkReason(Finished last, List<Integer> expected) {
        boolean stopped = !expected.isEmpty()
                && request.stop().stopTokens().contains(expected.getLast())
                && expected.size() > request.stop().minTokens();
        assertThat(last.reason()).isEqualTo(stopped ? FinishReason.STOP_TOKEN : FinishReason.LENGTH);
    }

    /** Every token has its place and, where they are wanted, its log-probabilities to the last bit. */
    private void checkDraws(FakeReference reference, int choice) {
        List<TokenGenerated> found = new ArrayList<>();
        for (EngineEvent event : events.get(choice)) {
            if (event instanceof TokenGenerated token) {
                assertThat(token.position()).isEqualTo(request.prompt().size() + found.size());
                found.add(token);
            }
        }
        if (request.output().wantsLogprobs()) {
            assertThat(found.stream().map(TokenGenerated::logprobs))
                    .usingRecursiveFieldByFieldElementComparator()
                    .isEqualTo(reference.answer(request, choice));
        }
    }

    private void checkScores(FakeReference reference, int choice) {
        if (!request.output().wantsPromptLogprobs()) {
            return;
        }
        PromptScored scored = (PromptScored) of(choice).get(1);
        assertThat(scored.logprobs())
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(reference.promptScores(request));
    }
}
