package dev.foretoken.bench.scripted;

import dev.foretoken.contract.runtime.SequenceView;
import java.nio.IntBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** With which tokens answers begin, by prompt. Any thread may call. */
public final class Script {
    private static final int[] NOTHING = {};

    private final Map<IntBuffer, int[]> beginnings = new ConcurrentHashMap<>();

    /** Answers to {@code prompt} submitted from now on begin with {@code beginning}; an empty one frees them. */
    public void say(int[] prompt, int[] beginning) {
        if (beginning.length == 0) {
            beginnings.remove(IntBuffer.wrap(prompt));
        } else {
            beginnings.put(IntBuffer.wrap(prompt.clone()), beginning.clone());
        }
    }

    /** What the answer to a sequence's prompt begins with. */
    int[] of(SequenceView sequence) {
        int[] prompt = new int[sequence.promptTokens()];
        for (int i = 0; i < prompt.length; i++) {
            prompt[i] = sequence.tokenAt(i);
        }
        return beginnings.getOrDefault(IntBuffer.wrap(prompt), NOTHING);
    }
}
