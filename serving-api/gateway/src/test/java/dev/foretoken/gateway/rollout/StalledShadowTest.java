package dev.foretoken.gateway.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.fake.FakeGeneration;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.gateway.answer.AnswerEvent;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.routing.variant.ShadowLimits;
import dev.foretoken.routing.variant.ShadowRule;
import dev.foretoken.routing.variant.ShadowScore;
import dev.foretoken.routing.variant.VariantRollout;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Shadows hang in their engine, on the threads that a gateway gives them, until the test lets them go on: answers end meanwhile, and what hangs is
 * bounded. A reader who waits for a shadow waits for itself, until this test loses its patience.
 */
@Timeout(60)
class StalledShadowTest {

    private static final int PLACES = 3;
    private static final int CALLERS = 8;
    private static final int ANSWERS = 400;
    private static final int[] TOKENS = {5, 6, 7, 8};
    private static final VariantRollout SHADOWED = new VariantRollout(
            ToyVariants.ALIAS,
            Optional.empty(),
            List.of(),
            Optional.of(new ShadowRule("int4", 1, PLACES, 16, new ShadowLimits(100, 0.5, 0.5, 0.5, 0))));

    private final ToyVariants toys = new ToyVariants();
    private final Rollouts rollouts = toys.rollouts(SHADOWED);
    private final Semaphore hanging = new Semaphore(0);
    private final CountDownLatch released = new CountDownLatch(1);
    /** Of every shadow that has come to its engine. */
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    StalledShadowTest() {
        toys.base.answering(TOKENS);
        toys.int4.behaving(this::hang);
    }

    private void hang(FakeGeneration generation) {
        threads.add(Thread.currentThread());
        hanging.release();
        try {
            released.await();
        } catch (InterruptedException e) {
            throw new AssertionError("whoever interrupts this thread waits for a shadow", e);
        }
        generation.started(0, 0);
        for (int token : TOKENS) {
            generation.token(0, token);
        }
        generation.finished(0, FinishReason.LENGTH);
    }

    @AfterEach
    void letThemEnd() {
        released.countDown();
    }

    private void awaitShadows() throws InterruptedException {
        released.countDown();
        for (Thread shadow : threads) {
            shadow.join();
        }
    }

    private AnswerStream open(String id) {
        return toys.open(toys.lead(rollouts, id, false, false), id, TOKENS.length);
    }

    /** Its tokens; what was read of them before is not among them. */
    private static List<Integer> readToTheEnd(AnswerStream answer) throws Exception {
        List<Integer> tokens = new ArrayList<>();
        for (Optional<AnswerEvent> event = answer.next(); event.isPresent(); event = answer.next()) {
            if (event.get() instanceof AnswerEvent.Token token) {
                tokens.add(token.tokenId());
            }
        }
        return tokens;
    }

    private ShadowScore score() {
        return rollouts.all().getFirst().shadowScore().orElseThrow();
    }

    @Test
    void anAnswerEndsWhileItsShadowHangs() throws Exception {
        AnswerStream answer = open("r");
        assertThat(answer.next()).get().isInstanceOf(AnswerEvent.Started.class);
        assertThat(answer.next()).get().isInstanceOf(AnswerEvent.Token.class);
        hanging.acquire();
        assertThat(readToTheEnd(answer)).containsExactly(6, 7, 8);
        assertThat(score().samples()).as("shadows that have ended").isZero();
        awaitShadows();
        assertThat(score().identical()).isOne();
    }

    @Test
    void callersGoOnWhileAllPlacesHangAndNoMoreThanTheseAreHeld() throws Exception {
        List<WeakReference<GenerationRequest>> requests = answerAll();
        hanging.acquire(PLACES);
        assertThat(score().skipped()).isEqualTo(ANSWERS - PLACES);
        assertThat(toys.int4.submittedCount()).isEqualTo(PLACES);
        assertThat(threads).hasSize(PLACES).allMatch(Thread::isAlive);
        toys.base.forgetSubmitted();
        assertThat(uncollected(requests)).isLessThanOrEqualTo(PLACES);
        awaitShadows();
        assertThat(score().identical()).isEqualTo(PLACES);
        assertThat(readToTheEnd(open("later"))).hasSize(TOKENS.length);
        hanging.acquire();
        awaitShadows();
        assertThat(score().identical()).as("places are given back").isEqualTo(PLACES + 1);
    }

    /** Has callers read many answers at a time, each to its end; returns what a shadow of each would keep in memory. */
    private List<WeakReference<GenerationRequest>> answerAll() throws Exception {
        List<Callable<WeakReference<GenerationRequest>>> calls =
                IntStream.range(0, ANSWERS).mapToObj(this::call).toList();
        List<WeakReference<GenerationRequest>> requests = new ArrayList<>();
        try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
            for (Future<WeakReference<GenerationRequest>> call : callers.invokeAll(calls)) {
                requests.add(call.get());
            }
        }
        return requests;
    }

    private Callable<WeakReference<GenerationRequest>> call(int number) {
        return () -> {
            AnswerStream answer = open("r" + number);
            assertThat(readToTheEnd(answer)).hasSize(TOKENS.length);
            return new WeakReference<>(answer.plan().generation());
        };
    }

    private static long uncollected(List<WeakReference<GenerationRequest>> requests) {
        System.gc();
        return requests.stream().filter(request -> request.get() != null).count();
    }
}
