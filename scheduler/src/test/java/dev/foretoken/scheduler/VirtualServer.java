package dev.foretoken.scheduler;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeRuntime;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.scheduler.draft.PromptLookup;
import dev.foretoken.scheduler.prefill.MeasuredPrefill;
import dev.foretoken.scheduler.prefill.PrefillChoice;
import dev.foretoken.scheduler.prefill.PrefillPolicy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** A whole server in simulated time: the real scheduler, a runtime that answers at once, and a clock that a {@link CostTable} turns. */
final class VirtualServer {

    private static final Duration OBJECTIVE = Duration.ofSeconds(1);
    private static final int CONTEXT = 4096;
    private static final int BLOCKS = 64 * CONTEXT / 16;

    private final CostTable costs;
    private final Workload workload;
    private final PrefillMode mode;
    private final Random random;
    private final FakeRuntime runtime;
    private final Scheduler scheduler;
    private final ArrayDeque<Long> arrivals = new ArrayDeque<>();
    private final List<Answer> answers = new ArrayList<>();
    private final PrefillPolicy policy;
    private final Map<PrefillChoice.Reason, Integer> reasons = new EnumMap<>(PrefillChoice.Reason.class);
    private long now;
    private int sent;

    VirtualServer(CostTable costs, Workload workload, PrefillMode mode) {
        this.costs = costs;
        this.workload = workload;
        this.mode = mode;
        this.random = new Random(workload.seed());
        FakeModel model = FakeModel.ofContext(32_000, CONTEXT).withDepth(FakeModel.Depth.INSTANT);
        model = model.withAuxiliaryPart(model.shape().base().caches());
        this.runtime = new FakeRuntime(model);
        CacheReservation reservation = new CacheReservation(
                model.shape().parts().stream()
                        .map(part -> Collections.nCopies(part.caches().kinds().size(), BLOCKS))
                        .toList(),
                0);
        runtime.reserve(reservation);
        this.policy = MeasuredPrefill.policy(
                runtime.shape(),
                SchedulerConfig.DEFAULT.maxTokensPerStep(),
                SchedulerConfig.DEFAULT.promptTokensBesideDecode(),
                choice -> reasons.merge(choice.reason(), 1, Integer::sum));
        this.scheduler = new Scheduler(
                new SchedulerSetup(
                        "m",
                        runtime.shape(),
                        runtime.capabilities(),
                        reservation,
                        SchedulerConfig.DEFAULT,
                        new byte[32],
                        new PromptLookup(),
                        policy),
                new CountingObserver());
    }

    /** What the clients saw. {@code goodput}: answers a second whose first token came in time. */
    record Outcome(
            double goodput,
            double answered,
            double medianTtft,
            double lateTtft,
            int predicted,
            int sent,
            Map<PrefillChoice.Reason, Integer> reasons) {}

    private final class Answer implements EventSink {
        private final long sentAt = now;
        private long firstAt = Long.MAX_VALUE;
        private PrefillMode used = PrefillMode.EXACT;

        @Override
        public void accept(EngineEvent event) {
            switch (event) {
                case EngineEvent.Started started -> used = started.prefill();
                case EngineEvent.TokenGenerated token -> firstAt = Math.min(firstAt, now);
                case EngineEvent.Finished finished -> next();
                case EngineEvent.Failed failed -> throw new IllegalStateException(failed.toString());
                case EngineEvent.Repaired repaired -> {}
                case EngineEvent.PromptScored scored -> {}
            }
        }

        private void next() {
            if (workload.clients() > 0) {
                arrivals.add(now);
            }
        }

        long ttft() {
            return firstAt - sentAt;
        }
    }

    Outcome run() {
        fillArrivals();
        long end = (long) (workload.seconds() * 1e9);
        while (now < end) {
            while (!arrivals.isEmpty() && arrivals.peek() <= now) {
                arrivals.remove();
                send();
            }
            PlannedStep step = scheduler.plan(now);
            if (step == null && arrivals.isEmpty()) {
                break;
            }
            now = step == null ? arrivals.element() : compute(step);
        }
        scheduler.close();
        return outcome(end * 1e-9);
    }

    private void fillArrivals() {
        for (int i = 0; i < workload.clients(); i++) {
            arrivals.add(0L);
        }
        long next = 0;
        while (workload.clients() == 0 && next < workload.seconds() * 1e9) {
            next += workload.distance(random);
            arrivals.add(next);
        }
    }

    private long compute(PlannedStep step) {
        step.commands().forEach(runtime::apply);
        long nanos = costs.nanos(step.plan());
        now += nanos;
        policy.times().observe(step.plan(), nanos);
        scheduler.commit(step, runtime.execute(step.plan()), now);
        return now;
    }

    private void send() {
        int length = workload.promptTokens(random);
        int[] tokens = new int[length];
        Arrays.setAll(tokens, i -> random.nextInt(32_000));
        Answer answer = new Answer();
        answers.add(answer);
        GenerationRequest request = GenerationRequest.greedy(
                        "r" + sent++, "m", Prompt.of(tokens), workload.answerTokens())
                .withService(
                        new ServiceLevel(ServiceLevel.DEFAULT.priority(), Optional.empty(), Optional.of(OBJECTIVE)))
                .withOptions(
                        new ModelOptions(new PrefillOptions(mode, Repair.SLACK), Optional.empty(), Optional.empty()));
        scheduler.requests().check(request);
        scheduler.submit(request, now, answer);
    }

    /** The first sixth of the time is not looked at: it is not like the rest. */
    private Outcome outcome(double seconds) {
        double from = seconds / 6;
        List<Answer> seen =
                answers.stream().filter(answer -> answer.sentAt >= from * 1e9).toList();
        long inTime = seen.stream()
                .filter(answer -> answer.ttft() <= OBJECTIVE.toNanos())
                .count();
        long started =
                seen.stream().filter(answer -> answer.firstAt < Long.MAX_VALUE).count();
        long[] times = seen.stream().mapToLong(Answer::ttft).sorted().toArray();
        int predicted = (int) seen.stream()
                .filter(answer -> answer.used == PrefillMode.PREDICTED)
                .count();
        return new Outcome(
                inTime / (seconds - from),
                started / (seconds - from),
                times.length == 0 ? 0 : times[times.length / 2] * 1e-9,
                times.length == 0 ? 0 : times[times.length * 9 / 10] * 1e-9,
                predicted,
                seen.size(),
                reasons);
    }
}
