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
import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.fake.FakeReference;
import dev.foretoken.contract.fake.FakeReference.Prefilled;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.Repair;
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
            case Repaired e -> checkRepaired(before, e);
            case Finished e -> {}
            case Failed e -> {}
        }
        before.add(event);
    }

    private void checkRepaired(List<EngineEvent> before, Repaired event) {
        long tokens = before.stream().filter(e -> e instanceof TokenGenerated).count();
        Invariants.require(
                prefill(event.choice()) == PrefillMode.PREDICTED && tokens > 0, "repaired what was not predicted");
        Invariants.require(before.stream().noneMatch(e -> e instanceof Repaired), "repaired twice");
        Invariants.require(event.position() == request.prompt().size() + tokens, "repaired elsewhere: " + event);
        switch (request.options().prefill().repair()) {
            case Repair.Slack r -> {}
            case Repair.Never r -> throw new AssertionError("repaired against the request's will");
            case Repair.After after -> Invariants.require(after.tokens() == tokens, "repaired after " + tokens);
        }
    }

    private PrefillMode prefill(int choice) {
        boolean known = !events.get(choice).isEmpty() && events.get(choice).getFirst() instanceof Started;
        return known ? ((Started) events.get(choice).getFirst()).prefill() : PrefillMode.EXACT;
    }

    /** Generated tokens before the repair, or NEVER. */
    int repairedAt(int choice) {
        return events.get(choice).stream()
                .filter(e -> e instanceof Repaired)
                .map(e -> ((Repaired) e).position() - request.prompt().size())
                .findFirst()
                .orElse(PrefillUsage.NEVER);
    }

    /** What the answer was drawn from, as its events tell. */
    Prefilled prefilled(int choice) {
        if (prefill(choice) == PrefillMode.EXACT) {
            return Prefilled.EXACT;
        }
        int repaired = repairedAt(choice);
        int cached = ((Started) of(choice).getFirst()).cachedTokens();
        return repaired == PrefillUsage.NEVER
                ? Prefilled.predictedFrom(cached)
                : new Prefilled(cached, request.prompt().size() + repaired);
    }

    /** A repair that is due after so many tokens is there when one more is. */
    private void checkUsage(Finished last, int choice) {
        PrefillUsage usage = last.usage().prefill();
        assertThat(usage.mode()).isEqualTo(prefill(choice));
        assertThat(usage.repairedAt()).isEqualTo(repairedAt(choice));
        if (usage.mode() == PrefillMode.PREDICTED) {
            int cached = ((Started) of(choice).getFirst()).cachedTokens();
            assertThat(usage.predictedTokens())
                    .isEqualTo(request.prompt().size() - 1 - cached)
                    .isPositive();
            boolean due = request.options().prefill().repair() instanceof Repair.After after
                    && tokens(choice).size() > after.tokens();
            assertThat(!due || usage.repairedAt() != PrefillUsage.NEVER).isTrue();
        }
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
            List<Integer> whole = reference.tokens(request, choice, prefilled(choice));
            int before = before(choice);
            List<Integer> expected = whole.subList(before, whole.size());
            List<Integer> found = tokens(choice);
            String what = "request " + request.identity().requestId() + " choice " + choice;
            switch (last(choice)) {
                case null -> throw new AssertionError(what + " never ended: " + of(choice));
                case Finished e
                when e.reason() != FinishReason.CANCELLED -> {
                    assertThat(found).as(what).isEqualTo(expected);
                    assertThat(e.usage().completionTokens()).isEqualTo(whole.size());
                    checkScores(reference, choice);
                    checkDraws(reference, choice);
                    checkReason(e, whole);
                    checkUsage(e, choice);
                }
                case EngineEvent e ->
                    assertThat(expected.subList(0, found.size())).as(what).isEqualTo(found);
            }
        }
    }

    /** Tokens that were generated before the request came here. */
    private int before(int choice) {
        return request.resumed().choice(choice).tokens().size();
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
                assertThat(token.position()).isEqualTo(request.prompt().size() + before(choice) + found.size());
                found.add(token);
            }
        }
        if (request.output().wantsLogprobs()) {
            assertThat(found.stream().map(TokenGenerated::logprobs))
                    .usingRecursiveFieldByFieldElementComparator()
                    .isEqualTo(reference.answer(request, choice, prefilled(choice)).stream()
                            .skip(before(choice))
                            .toList());
        }
    }

    private void checkScores(FakeReference reference, int choice) {
        boolean complete = before(choice) > 0 && of(choice).size() == 1;
        if (!request.output().wantsPromptLogprobs() || complete) {
            return;
        }
        PromptScored scored = (PromptScored) of(choice).get(1);
        assertThat(scored.logprobs())
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(reference.promptScores(request));
    }
}
