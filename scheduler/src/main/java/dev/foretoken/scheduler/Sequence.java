package dev.foretoken.scheduler;

import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.SequenceView;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.scheduler.blocks.SequenceCaches;
import dev.foretoken.scheduler.draft.PartDraft;
import dev.foretoken.scheduler.draft.SequenceDraft;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One answer in the making. Three marks run along its tokens: {@link #computed} (K and V are in the caches), {@link #scheduled} (the same
 * once the steps in flight are done) and {@link #length} (tokens known).
 */
final class Sequence implements SequenceView, Comparable<Sequence> {

    /** Where a sequence is. */
    enum State {
        /** Waits for its group's leader to compute the prompt. */
        PARKED,
        WAITING,
        RUNNING,
        ENDED,
        ;
    }

    private static final int FIRST_ROOM = 64;

    final long id;
    final SequenceGroup group;
    final int choice;
    final int maxLength;
    final SequenceCaches caches;
    final @Nullable TokenChain chain;
    final SequenceTimes times = new SequenceTimes();
    final SequenceStates states = new SequenceStates();
    State state = State.WAITING;
    int computed;
    int scheduled;
    /** Draws in flight: tokens that exist but are not known yet. */
    int pendingDraws;

    int rowsInFlight;
    /** Step and row that drew last, to name a token that is not known yet. */
    long lastStep = -1;

    int lastRow;
    /** Tokens given in the step that is being planned. */
    int planned;

    /** Proposals in the row that is being planned or in flight; only a row that repairs may stand beside such a one. */
    int drafted;

    @Nullable
    SequenceDraft draft;

    /** A row of the draft part is in flight. */
    boolean drafting;

    /** Null when its prompt is computed. */
    @Nullable
    Prediction prediction;

    private @Nullable TenantLine line;

    private @Nullable PartDraft partDraft;

    int registeredBlocks;
    boolean promptDone;
    private final GenerationRequest request;
    private int[] tokens;
    private int length;

    Sequence(long id, SequenceGroup group, int choice, int maxLength, SequenceCaches caches, ChainFactory chains) {
        this.id = id;
        this.group = group;
        this.choice = choice;
        this.maxLength = maxLength;
        this.caches = caches;
        this.request = group.request();
        int[] before = request.resumed().choice(choice).tokens().toArray();
        int prompt = request.prompt().size();
        this.length = prompt + before.length;
        this.tokens = Arrays.copyOf(request.prompt().tokens().toArray(), Math.min(maxLength, length + FIRST_ROOM));
        System.arraycopy(before, 0, tokens, prompt, before.length);
        this.chain = chains.chain(group, this::tokenAt);
    }

    /** Its tenant's in its class; set when the sequence comes into being. */
    TenantLine line() {
        if (line == null) {
            throw new IllegalStateException(this + " has not come into being");
        }
        return line;
    }

    void line(TenantLine tenantLine) {
        line = tenantLine;
    }

    GenerationRequest request() {
        return request;
    }

    Priority priority() {
        return group.priority();
    }

    /** More urgent first, then older first. */
    @Override
    public int compareTo(Sequence other) {
        int byClass = priority().compareTo(other.priority());
        return byClass != 0 ? byClass : Long.compare(id, other.id);
    }

    boolean ended() {
        return state == State.ENDED;
    }

    /** Tokens still to be computed before the next draw, those not known yet included. */
    int remaining() {
        return length + pendingDraws - scheduled;
    }

    /** Whether one generated token is all there is to compute. */
    boolean isDecoding() {
        return scheduled >= promptTokens() && remaining() == 1;
    }

    /** Whether its caller hopes for a first token that is still to come. */
    boolean hopes() {
        return generated() == 0 && group.ttftObjective() != SequenceGroup.NO_OBJECTIVE;
    }

    int generated() {
        return length - promptTokens();
    }

    /** Whether a row in step {@code step} makes sense: its inputs can be named, and its draw has room and its final mask. */
    boolean canAdvance(long step) {
        if (remaining() == 0 || drafted > 0 || drafting) {
            return false;
        }
        if (prediction != null && prediction.holdsBack(this)) {
            return false;
        }
        if (pendingDraws == 0) {
            return true;
        }
        return lastStep == step - 1
                && length + pendingDraws < maxLength
                && generated() >= request.stop().minTokens();
    }

    /** Whether the row that ends at {@code end} draws. */
    boolean drawsAt(int end) {
        return end == length + pendingDraws && end < maxLength;
    }

    /** Most proposals the next row can use: its draws must have room, and the same tokens suppressed. */
    int draftRoom() {
        int room = maxLength - length - 1;
        if (prediction != null) {
            room = Math.min(room, prediction.draftRoom(generated()));
        }
        int untilFree = request.stop().minTokens() - generated();
        boolean sameForAll = untilFree <= 0 || request.stop().stopTokens().size() == 0;
        return sameForAll ? room : Math.min(room, untilFree - 1);
    }

    /** What the next row computes at {@code position}: a known token, a proposal, or one that a row in flight draws. */
    int input(int position) {
        SequenceDraft proposals = draft;
        if (position < length) {
            return tokens[position];
        }
        return drafted > 0 && proposals != null ? proposals.token(position - length) : StepPlan.deferred(lastRow);
    }

    void append(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.min(maxLength, 2 * length));
        }
        tokens[length++] = token;
    }

    /** Why it ends behind its newest generated token; null when it goes on. */
    @Nullable
    FinishReason reached() {
        StopConditions stop = request.stop();
        if (generated() > stop.minTokens() && stop.stopTokens().contains(tokens[length - 1])) {
            return FinishReason.STOP_TOKEN;
        }
        return length == maxLength ? FinishReason.LENGTH : null;
    }

    /** What the draft part knows of this sequence; {@code most}: proposals at a time. */
    PartDraft partDraft(int most) {
        PartDraft part = partDraft;
        if (part == null) {
            part = new PartDraft(this, most);
            partDraft = part;
        }
        return part;
    }

    /** Starts again from the first {@code position} tokens in the caches. */
    void restartAt(int position) {
        computed = position;
        scheduled = position;
    }

    /** Lets go of all memory; everything known will be computed or found again. */
    void giveUpCaches() {
        releaseAll();
        restartAt(0);
        registeredBlocks = 0;
        states.next = SequenceStates.NEVER;
        if (partDraft != null) {
            partDraft.restart();
        }
    }

    /** Gives back all memory. */
    void releaseAll() {
        caches.releaseAll();
        Prediction predicted = prediction;
        if (predicted != null) {
            if (predicted.shadow != null) {
                predicted.shadow.caches.releaseAll();
            }
            predicted.restart();
        }
    }

    @Override
    public long sequenceId() {
        return id;
    }

    @Override
    public int choice() {
        return choice;
    }

    @Override
    public SamplingParams sampling() {
        return request.sampling();
    }

    @Override
    public OutputOptions output() {
        return request.output();
    }

    @Override
    public int promptTokens() {
        return request.prompt().size();
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public int tokenAt(int position) {
        return tokens[position];
    }

    @Override
    public List<EmbeddingSpan> embeddings() {
        return request.prompt().embeddings();
    }

    @Override
    public @Nullable MemorySegment tokenMask() {
        return null;
    }

    @Override
    public TokenIds suppressed() {
        return generated() >= request.stop().minTokens()
                ? TokenIds.EMPTY
                : request.stop().stopTokens();
    }

    @Override
    public int maxLength() {
        return maxLength;
    }

    @Override
    public String toString() {
        return "Sequence[" + id + " " + state + " " + computed + "/" + scheduled + "/" + length + "]";
    }
}
