package dev.foretoken.nativeruntime.experts;

import dev.foretoken.nativeruntime.kernels.layout.RowGroups;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Rows of tokens by experts in the order of a strategy, and where each token's rows are. */
public final class ExpertRows {

    private final RowGroups groups;
    private final MemorySegment places;
    private final int[] next;

    /** {@code sources}, {@code places}: int32, each with room for {@code maxRows}. */
    public ExpertRows(int experts, int maxRows, MemorySegment sources, MemorySegment places) {
        this.groups = new RowGroups(Math.max(experts, maxRows), maxRows, (bytes, alignment) -> sources);
        this.places = places;
        this.next = new int[experts];
    }

    /** Dense rows that do not fit are grouped instead. */
    public void arrange(ExpertChoices choices, ExpertStrategy strategy) {
        groups.clear();
        switch (strategy) {
            case PER_TOKEN -> arrangeByToken(choices);
            case GROUPED -> arrangeByExpert(choices);
            case DENSE -> {
                if ((long) choices.tokens() * choices.experts() <= groups.maxRows()) {
                    arrangeAll(choices);
                } else {
                    arrangeByExpert(choices);
                }
            }
        }
    }

    private void arrangeByToken(ExpertChoices choices) {
        for (int token = 0; token < choices.tokens(); token++) {
            for (int rank = 0; rank < choices.perToken(); rank++) {
                int row = groups.open(choices.expert(token, rank), 1);
                groups.set(row, token);
                place(choices, token, rank, row);
            }
        }
    }

    private void arrangeByExpert(ExpertChoices choices) {
        for (int expert = 0; expert < choices.experts(); expert++) {
            if (choices.count(expert) > 0) {
                next[expert] = groups.open(expert, choices.count(expert));
            }
        }
        for (int token = 0; token < choices.tokens(); token++) {
            for (int rank = 0; rank < choices.perToken(); rank++) {
                int row = next[choices.expert(token, rank)]++;
                groups.set(row, token);
                place(choices, token, rank, row);
            }
        }
    }

    private void arrangeAll(ExpertChoices choices) {
        for (int expert = 0; expert < choices.experts(); expert++) {
            int first = groups.open(expert, choices.tokens());
            for (int token = 0; token < choices.tokens(); token++) {
                groups.set(first + token, token);
            }
        }
        for (int token = 0; token < choices.tokens(); token++) {
            for (int rank = 0; rank < choices.perToken(); rank++) {
                place(choices, token, rank, choices.expert(token, rank) * choices.tokens() + token);
            }
        }
    }

    private void place(ExpertChoices choices, int token, int rank, int row) {
        places.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * ((long) token * choices.perToken() + rank), row);
    }

    public RowGroups groups() {
        return groups;
    }

    /** int32 [tokens, perToken]: the row of each token and expert, experts ascending. */
    public MemorySegment places() {
        return places;
    }
}
