package dev.foretoken.onnxruntime.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.onnxruntime.session.CountedMemory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Caches take the memory that was reserved for them, and give all of it back. */
final class CacheMemoryTest {

    private static final int SLOTS = 6;

    private static long reserved(ModelShape shape) {
        int kinds = shape.base().caches().kinds().size();
        return new CacheReservation(List.of(Collections.nCopies(kinds, SLOTS))).bytes(shape);
    }

    private static FakeSequence sequence(long id, int length) {
        int[] prompt = new int[length];
        for (int token = 0; token < length; token++) {
            prompt[token] = (int) ((7L * token + id) % DecoderFixture.VOCABULARY);
        }
        return new FakeSequence(id, prompt, DecoderFixture.CONTEXT);
    }

    /** Sequences of all lengths come, run in changing company, reach the end of the context, and go. */
    private static void traffic(DecoderLoop loop, int steps) {
        Random random = new Random(7);
        List<FakeSequence> running = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            while (running.size() < SLOTS && random.nextInt(3) > 0) {
                running.add(sequence(step * 10L + running.size(), 1 + random.nextInt(DecoderFixture.CONTEXT - 10)));
            }
            boolean all = random.nextBoolean();
            List<FakeSequence> turn = new ArrayList<>(running);
            turn.removeIf(each -> !all && random.nextInt(3) == 0);
            if (!turn.isEmpty()) {
                loop.step(turn, 32);
            }
            for (FakeSequence each : List.copyOf(running)) {
                if (each.length() >= DecoderFixture.CONTEXT || random.nextInt(40) == 0) {
                    running.remove(each);
                    if (!each.tables.isEmpty()) {
                        loop.free(each);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-plain", "moe-plain", "llama-genai", "mamba", "hybrid"})
    void neverTakesMoreThanWasReserved(String name) {
        DecoderFixture fixture = DecoderFixture.of(name);
        CountedMemory memory = new CountedMemory(fixture.session(), -1);
        DecoderRuntime runtime = fixture.open(memory);
        long most = reserved(runtime.shape()) + runtime.residentBytes();
        try (DecoderLoop loop = new DecoderLoop(runtime, SLOTS)) {
            traffic(loop, 400);
        }
        assertThat(memory.peak()).isBetween(most * 8 / 10, most);
        assertThat(memory.open()).isZero();
    }

    @Test
    void whatLeaversLeftIsNotKeptBesideNewCompany() {
        DecoderFixture fixture = DecoderFixture.of("llama-plain");
        CountedMemory memory = new CountedMemory(fixture.session(), -1);
        DecoderRuntime runtime = fixture.open(memory);
        long most = reserved(runtime.shape()) + runtime.residentBytes();
        try (DecoderLoop loop = new DecoderLoop(runtime, SLOTS)) {
            List<FakeSequence> first = together(loop, 0, SLOTS);
            first.subList(1, SLOTS).forEach(loop::free);
            together(loop, SLOTS, SLOTS - 1);
            loop.step(first.subList(0, 1), 1);
        }
        assertThat(memory.peak()).isLessThanOrEqualTo(most);
        assertThat(memory.open()).isZero();
    }

    /** Long prompts, read and generated from together. */
    private static List<FakeSequence> together(DecoderLoop loop, int id, int count) {
        List<FakeSequence> sequences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sequences.add(sequence(id + i, 100 + i));
        }
        for (int step = 0; step < 8; step++) {
            loop.step(sequences, 32);
        }
        return sequences;
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-plain", "llama-genai", "mamba", "hybrid"})
    void givesEverythingBackWhicheverAllocationFails(String name) {
        assertThat(failures(DecoderFixture.of(name), loop -> traffic(loop, 12))).isPositive();
    }

    @Test
    void givesEverythingBackWhenALongSequenceCannotGrow() {
        int begun = failures(DecoderFixture.of("llama-plain"), loop -> generate(loop, 2));
        assertThat(failures(DecoderFixture.of("llama-plain"), loop -> generate(loop, 100)))
                .isGreaterThan(begun);
    }

    private static void generate(DecoderLoop loop, int tokens) {
        FakeSequence sequence = sequence(0, 1);
        for (int step = 0; step < tokens; step++) {
            loop.step(List.of(sequence), 1);
        }
    }

    /** Has each allocation of a use fail, one after the other; returns how many there are. */
    private static int failures(DecoderFixture fixture, Consumer<DecoderLoop> use) {
        int failed = 0;
        for (int n = 0; failed == n; n++) {
            CountedMemory memory = new CountedMemory(fixture.session(), n);
            try (DecoderRuntime runtime = fixture.open(memory)) {
                use.accept(new DecoderLoop(runtime, SLOTS));
            } catch (ForetokenException e) {
                assertThat(e.code()).isIn(ErrorCode.INSUFFICIENT_MEMORY, ErrorCode.RUNTIME_FAILED);
                assertThat(e).hasMessage("no memory left").hasNoSuppressedExceptions();
                failed++;
            }
            assertThat(memory.open()).as("allocation %d", n).isZero();
        }
        return failed;
    }
}
