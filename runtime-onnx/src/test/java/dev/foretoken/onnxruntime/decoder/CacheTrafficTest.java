package dev.foretoken.onnxruntime.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeSequence;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many bytes of caches are copied, and when. */
final class CacheTrafficTest {

    /** Two layers of K and V, two heads of 16 numbers of 4 bytes. */
    private static final long TOKEN_BYTES = 2 * 2 * 2 * 16 * 4;

    private final List<FakeSequence> running = new ArrayList<>();

    private static long moved(DecoderLoop loop) {
        return ((DecoderRuntime) loop.runtime).traffic().moved();
    }

    private static long grown(DecoderLoop loop) {
        return ((DecoderRuntime) loop.runtime).traffic().grown();
    }

    /** Eight sequences of different lengths, all with their prompts read and three tokens drawn. */
    private DecoderLoop started(String name) {
        DecoderLoop loop = new DecoderLoop(DecoderFixture.of(name).open(), 10);
        for (int i = 0; i < 8; i++) {
            int[] prompt = new int[3 + i];
            for (int token = 0; token < prompt.length; token++) {
                prompt[token] = (7 * token + i) % DecoderFixture.VOCABULARY;
            }
            running.add(new FakeSequence(i, prompt, 100));
        }
        loop.step(running, 64);
        steps(loop, 2);
        return loop;
    }

    private void steps(DecoderLoop loop, int count) {
        for (int i = 0; i < count; i++) {
            loop.step(running, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama-genai",
                "llama-genai-int4",
                "moe-genai",
                "llama-plain",
                "mamba",
                "hybrid",
                "llama-plain-f16",
                "llama-genai-f16",
                "llama-static"
            })
    void copiesNothingForATokenOutsideTheGraph(String name) {
        try (DecoderLoop loop = started(name)) {
            long before = moved(loop);
            steps(loop, 40);
            assertThat(moved(loop) - before).isZero();
        }
    }

    @Test
    void neverCopiesASharedBufferWhileNobodyLeaves() {
        try (DecoderLoop loop = started("llama-genai")) {
            steps(loop, 10);
            assertThat(moved(loop)).isZero();
            assertThat(grown(loop)).isZero();
        }
    }

    @Test
    void movesOneSequenceWhenOneLeaves() {
        try (DecoderLoop loop = started("llama-genai")) {
            steps(loop, 20);
            FakeSequence gone = running.remove(3);
            loop.free(gone);
            long most = running.stream().mapToLong(FakeSequence::length).max().orElseThrow();
            steps(loop, 30);
            assertThat(moved(loop))
                    .as("one moves into the gap, by way of a spare row, and what was left there moves out")
                    .isBetween(1L, 3 * most * TOKEN_BYTES);
        }
    }

    @Test
    void copiesABoundedAmountWhenSequencesTakeTurns() {
        try (DecoderLoop loop = started("llama-genai")) {
            long before = moved(loop);
            for (int i = 0; i < 48; i++) {
                int turn = i;
                loop.step(
                        running.stream()
                                .filter(s -> (s.sequenceId() + turn) % 2 == 0)
                                .toList(),
                        1);
            }
            long everyToken = 24L * 8 * 20 * TOKEN_BYTES;
            assertThat(moved(loop) - before).isLessThan(everyToken / 4);
        }
    }

    @Test
    void countsWhatAConcatenatingGraphCopies() {
        try (DecoderLoop loop = started("llama-plain")) {
            long before = grown(loop);
            int longest = running.getLast().computed;
            steps(loop, 1);
            assertThat(grown(loop) - before).isEqualTo(8L * (longest + 1) * TOKEN_BYTES);
        }
    }
}
