package dev.foretoken.contract.fake;

import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.SequenceView;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sequence as a scheduler would keep it: tokens, block tables, and what came back. */
public final class FakeSequence implements SequenceView {

    public SamplingParams sampling = SamplingParams.GREEDY;
    public OutputOptions output = OutputOptions.TOKENS_ONLY;
    public List<EmbeddingSpan> embeddings = List.of();
    public @Nullable MemorySegment mask;
    public TokenIds suppressed = TokenIds.EMPTY;
    public int choice;
    public int adapter = StepPlan.NO_ADAPTER;
    /** Tokens whose K and V are in the cache. */
    public int computed;
    /** Per kind. */
    public final List<List<Integer>> tables = new ArrayList<>();

    public final List<TokenLogprobs> details = new ArrayList<>();
    public final List<TokenLogprobs> promptScores = new ArrayList<>();

    private final long id;
    private final int promptTokens;
    private final int maxLength;
    private int[] tokens;
    private int length;

    public FakeSequence(long id, int[] prompt, int maxNewTokens) {
        this.id = id;
        this.promptTokens = prompt.length;
        this.maxLength = prompt.length + maxNewTokens;
        this.tokens = Arrays.copyOf(prompt, maxLength + 1);
        this.length = prompt.length;
    }

    public FakeSequence reporting(int topLogprobs, int promptLogprobs) {
        output = new OutputOptions(topLogprobs, promptLogprobs, false);
        return this;
    }

    public FakeSequence sampling(SamplingParams params) {
        sampling = params;
        return this;
    }

    public FakeSequence using(int number) {
        adapter = number;
        return this;
    }

    public FakeSequence then(int... more) {
        for (int token : more) {
            append(token);
        }
        return this;
    }

    public void append(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * length);
        }
        tokens[length++] = token;
    }

    public int[] generated() {
        return Arrays.copyOfRange(tokens, promptTokens, length);
    }

    /** Forgets what is in the cache, as preemption by recompute does. */
    public void preempt() {
        computed = 0;
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
        return sampling;
    }

    @Override
    public OutputOptions output() {
        return output;
    }

    @Override
    public int promptTokens() {
        return promptTokens;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public int tokenAt(int position) {
        if (position >= length) {
            throw new IndexOutOfBoundsException(position + " of " + length);
        }
        return tokens[position];
    }

    @Override
    public List<EmbeddingSpan> embeddings() {
        return embeddings;
    }

    @Override
    public @Nullable MemorySegment tokenMask() {
        return mask;
    }

    @Override
    public TokenIds suppressed() {
        return suppressed;
    }

    @Override
    public int maxLength() {
        return maxLength;
    }
}
