package dev.foretoken.gateway.rollout;

import java.util.Arrays;

/** The first tokens of an answer, so many and no more. One thread. */
final class TokenLog {

    private static final int FIRST_CAPACITY = 64;

    private final int most;
    private int[] tokens;
    private int size;

    TokenLog(int most) {
        this.most = most;
        this.tokens = new int[Math.min(most, FIRST_CAPACITY)];
    }

    void add(int token) {
        if (size < most) {
            if (size == tokens.length) {
                tokens = Arrays.copyOf(tokens, Math.min(most, 2 * size));
            }
            tokens[size++] = token;
        }
    }

    boolean isFull() {
        return size == most;
    }

    int[] toArray() {
        return Arrays.copyOf(tokens, size);
    }
}
