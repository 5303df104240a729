package dev.foretoken.contract.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one step gave, row by row in the plan's order. Owned and reused by the runtime: valid until the next step is begun. Storing and
 * reading tokens allocates nothing.
 */
public final class StepResult {

    private final int[] offsets;
    private final int[] counts;
    private final int[] tokens;
    private final @Nullable TokenLogprobs[] logprobs;
    private final @Nullable List<TokenLogprobs>[] promptLogprobs;
    private final float @Nullable [][] hidden;
    private int used;

    /** Room for {@code rows} rows and {@code samples} drawn tokens. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    public StepResult(int rows, int samples) {
        this.offsets = new int[rows];
        this.counts = new int[rows];
        this.tokens = new int[samples];
        this.logprobs = new TokenLogprobs[samples];
        this.promptLogprobs = new List[rows];
        this.hidden = new float[rows][];
    }

    public void clear(int rows) {
        for (int row = 0; row < rows; row++) {
            counts[row] = 0;
            promptLogprobs[row] = null;
            hidden[row] = null;
        }
        used = 0;
    }

    /** Appends a drawn token to {@code row}. Rows are filled in ascending order. */
    public void addToken(int row, int token, @Nullable TokenLogprobs detail) {
        if (counts[row] == 0) {
            offsets[row] = used;
        }
        counts[row]++;
        tokens[used] = token;
        logprobs[used++] = detail;
    }

    /** One entry per position of the row's span whose following prompt token exists. */
    public void setPromptLogprobs(int row, List<TokenLogprobs> scores) {
        promptLogprobs[row] = scores;
    }

    /** fp32 [hidden]. */
    public void setHidden(int row, float[] vector) {
        hidden[row] = vector;
    }

    /** Drawn tokens of a row: 0, 1, one per position for rows that verify, or the proposals of a draft. */
    public int tokenCount(int row) {
        return counts[row];
    }

    public int token(int row, int index) {
        return tokens[offsets[row] + index];
    }

    public @Nullable TokenLogprobs logprobs(int row, int index) {
        return logprobs[offsets[row] + index];
    }

    public @Nullable List<TokenLogprobs> promptLogprobs(int row) {
        return promptLogprobs[row];
    }

    public float @Nullable [] hidden(int row) {
        return hidden[row];
    }
}
