package dev.foretoken.scheduler;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.fairness.TenantPlaces;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeRuntime;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.scheduler.draft.PromptLookup;
import dev.foretoken.scheduler.prefill.MeasuredPrefill;
import dev.foretoken.scheduler.prefill.PrefillPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A server that tenants share, in simulated time: the real scheduler, a runtime that answers at once, and the times of a {@link CostTable}.
 * Who comes while a step is computed is heard of when it is over, and has waited since it came.
 */
final class SharedServer {

    private static final int VOCABULARY = 32_000;
    /** What the edge works on of one tenant. It has more places by default: what waits behind so many changes nothing but the time of a test. */
    private static final int PLACES = 128;

    private static final int BLOCK_TOKENS = 16;

    /**
     * What steps cost, and what they may hold; memory is for as many sequences as there are rows.
     *
     * @param jitter standard deviation of the logarithm of what a step takes, over what it costs
     */
    record Machine(String name, CostTable costs, int rows, int stepTokens, int besideDecode, double jitter) {
        static final Machine TWO_CORES = new Machine("two cores", CostTable.TINY_LLAMA, 16, 512, 128, 0);
        static final Machine SMALL_MODEL = new Machine("small model", CostTable.SMALL_LLAMA, 64, 512, 128, 0.15);
        static final Machine ACCELERATOR = new Machine("accelerator", CostTable.ACCELERATOR, 64, 2048, 1024, 0);
    }

    private final Machine machine;
    private final int promptTokens;
    private final int answerTokens;
    private final FakeRuntime runtime;
    private final PrefillPolicy policy;
    private final Scheduler scheduler;
    private final TenantPlaces edge = new TenantPlaces(PLACES);
    private final Random unrest = new Random(1);
    private final List<Tenant> tenants = new ArrayList<>();
    private final PriorityQueue<Arrival> arrivals = new PriorityQueue<>(Comparator.comparingLong(Arrival::at));
    private long now;
    private int sent;
    private int steps;
    private long busy;

    private record Arrival(long at, Tenant tenant) {}

    /** A tenant whose requests come at exponentially distributed distances. */
    final class Tenant {
        private final String name;
        private final int weight;
        private final Random random;
        private double perSecond;
        private Priority priority = Priority.NORMAL;
        private final List<Long> ttfts = new ArrayList<>();
        private final List<Long> gaps = new ArrayList<>();
        private int refused;
        private long tokens;

        private Tenant(String name, int weight, double perSecond) {
            this.name = name;
            this.weight = weight;
            this.perSecond = perSecond;
            this.random = new Random(name.hashCode());
        }

        /** Of all who were answered, in seconds. */
        double ttft(double quantile) {
            long[] sorted = ttfts.stream().mapToLong(Long::longValue).sorted().toArray();
            return sorted[(int) (quantile * (sorted.length - 1))] * 1e-9;
        }

        /** Between two tokens of an answer, in seconds. */
        double itl(double quantile) {
            long[] sorted = gaps.stream().mapToLong(Long::longValue).sorted().toArray();
            return sorted[(int) (quantile * (sorted.length - 1))] * 1e-9;
        }

        /** Of this class, instead of the usual one. */
        Tenant of(Priority value) {
            priority = value;
            return this;
        }

        int answered() {
            return ttfts.size();
        }

        /** For want of a place at the edge. */
        int refused() {
            return refused;
        }

        /** Of prompts and answers, of requests that have their first token. */
        long tokens() {
            return tokens;
        }

        /** Its requests come at this rate from now on. */
        void rise(double rate) {
            perSecond = rate;
        }

        private void comeNext(long from) {
            long distance = (long) (-Math.log(1 - random.nextDouble()) / perSecond * 1e9);
            arrivals.add(new Arrival(from + distance, this));
        }

        private void send(long at) {
            comeNext(at);
            submit(at);
        }

        private void submit(long at) {
            if (!edge.take(name, weight, 1)) {
                refused++;
                return;
            }
            int[] prompt = new int[promptTokens];
            Arrays.setAll(prompt, i -> random.nextInt(VOCABULARY));
            GenerationRequest request = GenerationRequest.greedy("r" + sent++, "m", Prompt.of(prompt), answerTokens)
                    .withIdentity(new RequestIdentity("r" + sent, name, ""))
                    .withService(ServiceLevel.DEFAULT.withWeight(weight).withPriority(priority));
            scheduler.submit(request, at, answer(at));
        }

        private EventSink answer(long sentAt) {
            return new EventSink() {
                private boolean started;
                private long lastAt;

                @Override
                public void accept(EngineEvent event) {
                    if (event instanceof EngineEvent.TokenGenerated) {
                        tokens += started ? 1 : promptTokens + 1;
                        if (!started) {
                            ttfts.add(now - sentAt);
                        } else {
                            gaps.add(now - lastAt);
                        }
                        lastAt = now;
                        started = true;
                    } else if (event instanceof EngineEvent.Finished) {
                        edge.leave(name, 1);
                    }
                }
            };
        }
    }

    SharedServer(Machine machine, int promptTokens, int answerTokens) {
        this.machine = machine;
        this.promptTokens = promptTokens;
        this.answerTokens = answerTokens;
        int context = promptTokens + answerTokens;
        FakeModel model = FakeModel.ofContext(VOCABULARY, context).withDepth(FakeModel.Depth.INSTANT);
        this.runtime = new FakeRuntime(model);
        int blocks = machine.rows() * (context / BLOCK_TOKENS + 2);
        CacheReservation reservation = new CacheReservation(
                model.shape().parts().stream()
                        .map(part -> Collections.nCopies(part.caches().kinds().size(), blocks))
                        .toList(),
                0);
        runtime.reserve(reservation);
        this.policy = MeasuredPrefill.observing(runtime.shape(), machine.stepTokens(), machine.besideDecode());
        SchedulerSetup setup = new SchedulerSetup(
                "m",
                runtime.shape(),
                runtime.capabilities(),
                reservation,
                new SchedulerConfig(machine.rows(), machine.stepTokens(), machine.besideDecode(), 1024, true, 3),
                new byte[32],
                new PromptLookup(),
                policy);
        this.scheduler = new Scheduler(setup, new CountingObserver());
        answerOne();
    }

    /** Only then it is known what steps cost: a server that was never without a queue has not seen a step without prompts. */
    private void answerOne() {
        new Tenant("first", ServiceLevel.DEFAULT_WEIGHT, 1).submit(now);
        for (PlannedStep step = scheduler.plan(now); step != null; step = scheduler.plan(now)) {
            compute(step);
        }
    }

    Tenant tenant(String name, int weight, double perSecond) {
        Tenant tenant = new Tenant(name, weight, perSecond);
        tenants.add(tenant);
        return tenant;
    }

    /** Goes on for so long. Returns tokens of prompts and answers a second. */
    double run(double seconds) {
        steps = 0;
        busy = 0;
        long before = tokens();
        long started = now;
        double end = now + seconds * 1e9;
        arrivals.clear();
        tenants.forEach(tenant -> tenant.comeNext(now));
        while (now < end) {
            while (arrivals.element().at() <= now) {
                Arrival arrival = arrivals.remove();
                arrival.tenant().send(arrival.at());
            }
            PlannedStep step = scheduler.plan(now);
            now = step == null ? arrivals.element().at() : compute(step);
        }
        return (tokens() - before) / ((now - started) * 1e-9);
    }

    /** Seconds of a step on average, since it went on last. */
    double stepSeconds() {
        return busy * 1e-9 / steps;
    }

    private long tokens() {
        return tenants.stream().mapToLong(Tenant::tokens).sum();
    }

    private long compute(PlannedStep step) {
        step.commands().forEach(runtime::apply);
        double times = Math.exp(machine.jitter() * unrest.nextGaussian());
        long nanos = (long) (machine.costs().nanos(step.plan()) * times);
        policy.times().observe(step.plan(), nanos);
        steps++;
        busy += nanos;
        now += nanos;
        scheduler.commit(step, runtime.execute(step.plan()), now);
        return now;
    }
}
