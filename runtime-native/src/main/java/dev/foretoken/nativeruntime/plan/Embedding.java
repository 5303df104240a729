package dev.foretoken.nativeruntime.plan;

import org.jspecify.annotations.Nullable;

/**
 * How a token becomes a hidden vector: {@code scale * table[token] + positions[position]}.
 *
 * @param table [vocabulary, hidden]
 * @param positions [context or more, hidden]; null: positions are known to attention alone
 */
public record Embedding(
        MatrixRef table, float scale, @Nullable MatrixRef positions) {
    public static Embedding of(MatrixRef table) {
        return new Embedding(table, 1, null);
    }
}
