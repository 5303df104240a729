package dev.foretoken.bench.batch;

import dev.foretoken.bench.engine.LocalEngine;
import dev.foretoken.bench.engine.RandomPrompt;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * How long prompts and answers are, in tokens.
 *
 * @param prompt of random tokens, so that no cache helps
 * @param generate tokens of every answer, whatever they are
 */
record TextShape(int prompt, int generate) {

    TextShape {
        if (prompt < 1 || generate < 2) {
            throw new IllegalArgumentException(
                    "%d tokens of prompt and %d of answer; expected at least 1 and 2".formatted(prompt, generate));
        }
    }

    /** The prompt of a number, of a run with this seed. */
    int[] prompt(long seed, int number, int vocabulary) {
        return RandomPrompt.of(new SplittableRandom(seed * 1_000_003 + number), prompt, vocabulary);
    }

    /** The same as a request of a batch. */
    String line(long seed, int number, int vocabulary) {
        return "{\"custom_id\":\"" + RequestFeed.id(number)
                + "\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":{\"model\":\"" + LocalEngine.MODEL
                + "\",\"prompt\":" + Arrays.toString(prompt(seed, number, vocabulary)) + ",\"max_tokens\":" + generate
                + ",\"ignore_eos\":true,\"temperature\":0}}";
    }
}
