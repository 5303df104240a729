package dev.foretoken.gateway.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.fake.FakeGeneration;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.gateway.answer.AnswerEvent;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.routing.variant.ShadowLimits;
import dev.foretoken.routing.variant.ShadowRule;
import dev.foretoken.routing.variant.ShadowScore;
import dev.foretoken.routing.variant.VariantRollout;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever its shadow does, an answer's events and their times are those of an answer without one. */
@Timeout(300)
class ShadowIsolationTest {

    private static final long MILLI = 1_000_000;
    private static final VariantRollout NONE =
            new VariantRollout(ToyVariants.ALIAS, Optional.empty(), List.of(), Optional.empty());
    private static final VariantRollout SHADOWED = new VariantRollout(
            ToyVariants.ALIAS,
            Optional.empty(),
            List.of(),
            Optional.of(new ShadowRule("int4", 1, 1, 16, new ShadowLimits(2, 0.9, 0.4, 0.4, 0))));

    private final ToyVariants toys = new ToyVariants();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    /** An event, and when its reader had it. */
    private record Timed(long at, AnswerEvent event) {}

    private List<Timed> answer(Rollouts rollouts) throws Exception {
        toys.base.answering(5, 6, 7, 8);
        long from = toys.now.get();
        AnswerStream answer = toys.open(toys.lead(rollouts, "r", false, false), "r", 4);
        List<Timed> events = new ArrayList<>();
        for (Optional<AnswerEvent> event = answer.next(); event.isPresent(); event = answer.next()) {
            events.add(new Timed(toys.now.get() - from, event.get()));
            toys.now.addAndGet(MILLI);
        }
        return events;
    }

    private Rollouts shadowed() {
        return toys.rollouts(SHADOWED, tasks::add);
    }

    private void assertUntouched(Rollouts rollouts) throws Exception {
        List<Timed> alone = answer(toys.rollouts(NONE, tasks::add));
        assertThat(alone).hasSize(6);
        assertThat(answer(rollouts)).isEqualTo(alone);
    }

    private static ShadowScore score(Rollouts rollouts) {
        return rollouts.all().getFirst().shadowScore().orElseThrow();
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Test
    void oneThatStalls() throws Exception {
        toys.int4.behaving(generation -> toys.now.addAndGet(Duration.ofHours(1).toNanos()));
        Rollouts rollouts = shadowed();
        assertUntouched(rollouts);
        runTasks();
        assertThat(score(rollouts).errors()).isOne();
        assertThat(toys.int4.nextSubmitted().wasCancelled()).isTrue();
    }

    @Test
    void oneThatThrows() throws Exception {
        toys.int4.behaving(generation -> {
            throw new AssertionError("planted");
        });
        Rollouts rollouts = shadowed();
        assertUntouched(rollouts);
        runTasks();
        assertThat(score(rollouts).errors()).isOne();
    }

    @Test
    void oneThatIsRefused() throws Exception {
        toys.int4.refusing(new ForetokenException(ErrorCode.QUEUE_FULL, "planted"));
        Rollouts rollouts = shadowed();
        assertUntouched(rollouts);
        runTasks();
        assertThat(score(rollouts).errors()).isOne();
    }

    @Test
    void oneForWhichThereIsNoPlace() throws Exception {
        Rollouts rollouts = shadowed();
        answer(rollouts);
        assertUntouched(rollouts);
        assertThat(tasks).as("the first holds the only place").hasSize(1);
        assertThat(score(rollouts).skipped()).isOne();
    }

    @Test
    void oneForWhichThereIsNoThread() throws Exception {
        Executor full = task -> {
            throw new RejectedExecutionException("planted");
        };
        Rollouts rollouts = toys.rollouts(SHADOWED, full);
        assertUntouched(rollouts);
        answer(rollouts);
        assertThat(score(rollouts).skipped()).as("no place is lost").isEqualTo(2);
    }

    @Test
    void beginsOnceTheFirstTokenIsThere() throws Exception {
        toys.base.answering(5, 6);
        AnswerStream answer = toys.open(toys.lead(shadowed(), "r", false, false), "r", 2);
        assertThat(answer.next()).get().isInstanceOf(AnswerEvent.Started.class);
        assertThat(tasks).isEmpty();
        assertThat(answer.next()).get().isInstanceOf(AnswerEvent.Token.class);
        assertThat(tasks).hasSize(1);
        answer.close();
    }

    @Test
    void comparesTokenByTokenAndGivesItsPlaceBack() throws Exception {
        Rollouts rollouts = shadowed();
        toys.int4.answering(5, 6, 9, 8);
        answer(rollouts);
        runTasks();
        toys.int4.answering(5, 6, 7, 8);
        answer(rollouts);
        runTasks();
        ShadowScore score = score(rollouts);
        assertThat(score.compared()).isEqualTo(2);
        assertThat(score.identical()).isOne();
        assertThat(score.equalTokens()).isEqualTo(7);
        assertThat(score.meanFirstDifference()).isEqualTo(2);
    }

    @Test
    void anAnswerThatEndsAfterItsShadowIsComparedToo() throws Exception {
        Rollouts rollouts = shadowed();
        toys.base.answering(5, 6);
        toys.int4.answering(5, 6);
        AnswerStream answer = toys.open(toys.lead(rollouts, "r", false, false), "r", 2);
        answer.next();
        answer.next();
        runTasks();
        assertThat(score(rollouts).compared()).isZero();
        while (answer.next().isPresent()) {
            // to its end
        }
        assertThat(score(rollouts).identical()).isOne();
    }

    @Test
    void isOfTheLowestPriorityAndOfNoCaller() throws Exception {
        Rollouts rollouts = shadowed();
        toys.int4.answering(5);
        answer(rollouts);
        runTasks();
        FakeGeneration shadow = toys.int4.nextSubmitted();
        FakeGeneration primary = toys.base.nextSubmitted();
        assertThat(shadow.request().service().priority()).isEqualTo(Priority.BATCH);
        assertThat(shadow.request().identity().tenant()).isNotEqualTo("tenant");
        assertThat(shadow.request().sampling()).isEqualTo(primary.request().sampling());
        assertThat(shadow.request().prompt()).isEqualTo(primary.request().prompt());
        assertThat(shadow.request().model()).isEqualTo("toy@1/int4");
    }

    @Test
    void isNotBegunWhereSequencesWait() throws Exception {
        toys.int4.reporting(ToyVariants.waiting("toy@1/int4", 1));
        Rollouts rollouts = shadowed();
        answer(rollouts);
        runTasks();
        assertThat(toys.int4.submittedCount()).isZero();
        assertThat(score(rollouts).shed()).isOne();
    }

    @Test
    void isGivenUpWhereSequencesComeToWait() throws Exception {
        toys.int4.behaving(generation -> {
            generation.started(0, 0);
            toys.int4.reporting(ToyVariants.waiting("toy@1/int4", 1));
            toys.now.addAndGet(Duration.ofSeconds(1).toNanos());
        });
        Rollouts rollouts = shadowed();
        answer(rollouts);
        runTasks();
        assertThat(score(rollouts).shed()).isOne();
        assertThat(toys.int4.nextSubmitted().wasCancelled()).isTrue();
    }

    @Test
    void endsForGoodAtALimit() throws Exception {
        toys.int4.refusing(new ForetokenException(ErrorCode.QUEUE_FULL, "planted"));
        Rollouts rollouts = shadowed();
        for (int i = 0; i < 5; i++) {
            answer(rollouts);
            runTasks();
        }
        assertThat(score(rollouts).errors()).isEqualTo(2);
        assertThat(score(rollouts).stopped().orElseThrow()).startsWith("errors");
    }

    @Test
    void waitsForNoVariantThatIsNotLoaded() throws Exception {
        toys.int4.withState(ModelState.AVAILABLE);
        Rollouts rollouts = shadowed();
        answer(rollouts);
        runTasks();
        assertThat(toys.int4.submittedCount()).isZero();
        assertThat(score(rollouts).skipped()).isOne();
    }
}
