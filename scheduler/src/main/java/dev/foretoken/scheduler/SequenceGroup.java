package dev.foretoken.scheduler;

import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.scheduler.blocks.CheckpointPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sequences of one request: its choices share a prompt, a deadline and a reader. */
public final class SequenceGroup {

    static final long NO_OBJECTIVE = Long.MAX_VALUE;

    private final GenerationRequest request;
    private final AdapterUse adapter;
    private final EventSink sink;
    private final long submittedAt;
    private final long timeoutNanos;
    private final long ttftObjective;
    private final Sequence[] sequences;
    private final List<TokenLogprobs> promptScores = new ArrayList<>();
    /** The choice that computes the prompt for the others; null once it is computed, or when each computes its own. */
    private @Nullable Sequence leader;

    /** State behind the prompt's shared part, which the group is a user of; {@link CheckpointPool#NONE} = none. */
    private int checkpoint = CheckpointPool.NONE;

    private int live;
    private int cachedTokens;
    private boolean prefillDecided;

    SequenceGroup(GenerationRequest request, AdapterUse adapter, EventSink sink, long submittedAt) {
        this.request = request;
        this.adapter = adapter;
        this.sink = sink;
        this.submittedAt = submittedAt;
        this.timeoutNanos = request.service().timeout().map(Duration::toNanos).orElse(Long.MAX_VALUE);
        this.ttftObjective =
                request.service().ttftObjective().map(Duration::toNanos).orElse(NO_OBJECTIVE);
        this.sequences = new Sequence[request.choices()];
        this.live = sequences.length;
    }

    public GenerationRequest request() {
        return request;
    }

    /** Whether every sequence has ended. */
    public boolean isDone() {
        return live == 0;
    }

    AdapterUse adapter() {
        return adapter;
    }

    EventSink sink() {
        return sink;
    }

    long submittedAt() {
        return submittedAt;
    }

    Priority priority() {
        return request.service().priority();
    }

    boolean isExpired(long now) {
        return now - submittedAt >= timeoutNanos;
    }

    /** Nanoseconds in which the first token is hoped for, or {@link #NO_OBJECTIVE}. */
    long ttftObjective() {
        return ttftObjective;
    }

    int choices() {
        return sequences.length;
    }

    Sequence sequence(int choice) {
        return sequences[choice];
    }

    void put(int choice, Sequence sequence) {
        sequences[choice] = sequence;
    }

    void oneEnded() {
        live--;
    }

    @Nullable
    Sequence leader() {
        return leader;
    }

    void lead(@Nullable Sequence sequence) {
        leader = sequence;
    }

    int checkpoint() {
        return checkpoint;
    }

    void checkpoint(int number) {
        checkpoint = number;
    }

    /** Scores of prompt positions from 1 on, as far as computed. */
    List<TokenLogprobs> promptScores() {
        return promptScores;
    }

    boolean needsScores() {
        return request.output().wantsPromptLogprobs()
                && promptScores.size() < request.prompt().size() - 1;
    }

    /** Whether it is known which of its sequences, all or none, are predicted. */
    boolean prefillDecided() {
        return prefillDecided;
    }

    void prefillDecided(boolean decided) {
        prefillDecided = decided;
    }

    int cachedTokens() {
        return cachedTokens;
    }

    void cachedTokens(int tokens) {
        cachedTokens = tokens;
    }
}
