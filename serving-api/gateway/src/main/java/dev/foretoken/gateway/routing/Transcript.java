package dev.foretoken.gateway.routing;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.engine.Timings;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.Resumed;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.contract.request.TokenIds;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What the reader of a request was given so far: enough for another engine to go on, and for a usage that no engine knows alone. */
final class Transcript {

    private final GenerationRequest request;
    private final List<ChoiceLog> choices;
    private final long openedAt;

    /** @param openedAt when the request came, on the clock of all times that are given */
    Transcript(GenerationRequest request, long openedAt) {
        this.request = request;
        this.openedAt = openedAt;
        this.choices = IntStream.range(0, request.choices())
                .mapToObj(choice -> new ChoiceLog(openedAt))
                .toList();
    }

    ChoiceLog choice(int index) {
        return choices.get(index);
    }

    /** Whether every choice has its last event. Asked for with every event, so without a stream. */
    boolean isDone() {
        for (int choice = 0; choice < choices.size(); choice++) {
            if (!choices.get(choice).ended) {
                return false;
            }
        }
        return true;
    }

    /** Whether nothing was given that another engine would have to go on from. */
    boolean isFresh() {
        return choices.stream().allMatch(choice -> choice.tokens() == 0 && !choice.ended);
    }

    /** Whether all that was generated came from a prompt that the model computed itself. */
    boolean isExact() {
        return choices.stream().allMatch(choice -> choice.tokens() == 0 || choice.prefill == PrefillMode.EXACT);
    }

    /** What another engine needs to go on; {@code left}: choices that nobody waits for. */
    Resumed resumed(IntPredicate left) {
        return new Resumed(IntStream.range(0, choices.size())
                .mapToObj(i -> new Resumed.Choice(choices.get(i).known(), choices.get(i).ended || left.test(i)))
                .toList());
    }

    /** Why a choice ends behind what was given of it, whatever engine computes it; null when it goes on. */
    @Nullable
    FinishReason reached(int choice) {
        ChoiceLog log = choices.get(choice);
        StopConditions stop = request.stop();
        if (log.tokens() > stop.minTokens()
                && log.tokens() > 0
                && stop.stopTokens().contains(log.last())) {
            return FinishReason.STOP_TOKEN;
        }
        return log.tokens() > 0 && log.tokens() == stop.maxTokens() ? FinishReason.LENGTH : null;
    }

    /** The last event of a choice that several engines worked on, or of which none sent one. */
    EngineEvent.Finished finished(int choice, FinishReason reason) {
        ChoiceLog log = choices.get(choice);
        return new EngineEvent.Finished(
                choice,
                reason,
                new Usage(request.prompt().size(), log.cachedTokens, log.tokens(), PrefillUsage.EXACT, log.timings()));
    }

    /** Of an engine that was asked late: the time before counts as waiting. */
    EngineEvent.Finished delayed(EngineEvent.Finished event, long askedAt) {
        Usage usage = event.usage();
        Timings timings = usage.timings();
        Timings whole =
                new Timings(timings.queueNanos() + askedAt - openedAt, timings.prefillNanos(), timings.decodeNanos());
        int cached = choices.get(event.choice()).cachedTokens;
        return new EngineEvent.Finished(
                event.choice(),
                event.reason(),
                new Usage(usage.promptTokens(), cached, usage.completionTokens(), usage.prefill(), whole));
    }

    /** One choice. */
    static final class ChoiceLog {
        private static final int FIRST_ROOM = 16;

        private final long openedAt;
        private int[] ids = new int[FIRST_ROOM];
        private int count;
        private int cachedTokens;
        private PrefillMode prefill = PrefillMode.EXACT;
        private boolean started;
        private boolean scored;
        private boolean ended;
        private long startedAt;
        private long firstTokenAt;
        private long lastTokenAt;

        private ChoiceLog(long openedAt) {
            this.openedAt = openedAt;
        }

        /** Until there is a token, what counts is what the newest engine says: its answer it will be. False when the reader has had that. */
        boolean start(EngineEvent.Started event, long now) {
            if (count == 0) {
                prefill = event.prefill();
                cachedTokens = event.cachedTokens();
            }
            if (started) {
                return false;
            }
            started = true;
            startedAt = now;
            return true;
        }

        /** False when the reader has had that. */
        boolean score() {
            boolean first = !scored;
            scored = true;
            return first;
        }

        void token(int id, long now) {
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, 2 * count);
            }
            ids[count++] = id;
            firstTokenAt = count == 1 ? now : firstTokenAt;
            lastTokenAt = now;
        }

        void end() {
            ended = true;
        }

        boolean ended() {
            return ended;
        }

        int tokens() {
            return count;
        }

        private int last() {
            return ids[count - 1];
        }

        private TokenIds known() {
            return TokenIds.of(Arrays.copyOf(ids, count));
        }

        private Timings timings() {
            if (!started) {
                return Timings.NONE;
            }
            long prefill = count == 0 ? 0 : firstTokenAt - startedAt;
            return new Timings(startedAt - openedAt, prefill, count == 0 ? 0 : lastTokenAt - firstTokenAt);
        }
    }
}
