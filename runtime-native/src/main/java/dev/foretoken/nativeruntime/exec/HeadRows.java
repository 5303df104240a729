package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.layout.RowGroups;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Rows [tokens, heads] grouped by head, for products whose matrix depends on the head. */
final class HeadRows {

    private final int heads;
    private final RowGroups groups;
    private final MemorySegment places;

    /** {@code sources}, {@code places}: int32, each with room for the tokens of a step times heads. */
    HeadRows(int heads, int maxTokens, MemorySegment sources, MemorySegment places) {
        this.heads = heads;
        this.groups = new RowGroups(heads, maxTokens * heads, (bytes, alignment) -> sources);
        this.places = places;
    }

    void arrange(int tokens) {
        groups.clear();
        for (int head = 0; head < heads; head++) {
            int first = groups.open(head, tokens);
            for (int token = 0; token < tokens; token++) {
                int row = token * heads + head;
                groups.set(first + token, row);
                places.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * row, first + token);
            }
        }
    }

    RowGroups groups() {
        return groups;
    }

    /** int32 [tokens, heads]: the row of each among those of the groups. */
    MemorySegment places() {
        return places;
    }
}
