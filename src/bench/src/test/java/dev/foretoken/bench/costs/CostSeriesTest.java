package dev.foretoken.bench.costs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.bench.engine.BatchDriver;
import dev.foretoken.bench.engine.RunProgress;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.scripted.WrappedProvider;
import dev.foretoken.bench.scripted.WrappedRuntime;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeRuntimeProvider;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.host.HostConfig;
import dev.foretoken.scheduler.host.HostEnvironment;
import dev.foretoken.scheduler.host.SchedulerHost;
import dev.foretoken.scheduler.prefill.StepCosts;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real scheduler over a runtime whose steps move the clock by what they are made to cost. */
@Timeout(300)
class CostSeriesTest {
    private static final String MODEL = "m";
    private static final int ROWS = 6;
    private static final int BESIDE_DECODE = 32;
    private static final StepPrice PLANTED = new StepPrice(2e6, 30_000, 70_000, 40);

    private final AtomicLong clock = new AtomicLong(1);
    private final StepLog log = new StepLog();
    /** Until then steps take a hundred times as long: what counted of them would be seen. */
    private volatile boolean warm;

    private final class PlantedRuntime extends WrappedRuntime {
        PlantedRuntime(SequenceRuntime inner) {
            super(inner);
        }

        @Override
        public void begin(StepPlan plan) {
            double nanos = PLANTED.nanos(plan.tokenCount(), StepCosts.draws(plan), StepCosts.attended(plan));
            clock.addAndGet(warm ? (long) nanos : 100 * (long) nanos);
            super.begin(plan);
        }
    }

    private SchedulerHost host() {
        FakeRuntimeProvider fake = FakeRuntimeProvider.of(FakeModel.ofContext(1000, 2048));
        HostEnvironment usual = HostEnvironment.ofProcess(
                List.of(new WrappedProvider(fake, PlantedRuntime::new)), DeviceSpec.cpu(1), Telemetry.NONE);
        HostEnvironment environment = new HostEnvironment(
                usual.providers(),
                usual.device(),
                usual.telemetry(),
                clock::get,
                usual.instants(),
                usual.threads(),
                usual.prefixSecret(),
                usual.physicalMemory(),
                usual.drafts(),
                usual.tracer(),
                log);
        SchedulerConfig limits = new SchedulerConfig(ROWS, 128, BESIDE_DECODE, 64, true, 3);
        SchedulerHost host = new SchedulerHost(HostConfig.DEFAULT, limits, environment);
        host.load(FakeRuntimeProvider.source(MODEL), RuntimeOptions.DEFAULT, LoadProgress.SILENT);
        return host;
    }

    private void run(SchedulerHost host, CostLoads loads, int rounds) throws InterruptedException {
        ProgressBar bar = new ProgressBar("x", new PrintStream(new ByteArrayOutputStream()), false, () -> 0);
        try (RunProgress progress = new RunProgress(bar, loads.tokens())) {
            new CostSeries(new BatchDriver(host, clock::get), log, progress).run(loads, rounds, 1);
        }
    }

    @Test
    void findsWhatStepsWereMadeToCost() throws InterruptedException {
        warm = true;
        try (SchedulerHost host = host()) {
            run(host, CostLoads.of(MODEL, ROWS, List.of(16, 64, 300), BESIDE_DECODE, 2048), 1);
        }
        StepPrice found = log.price();
        Percentage close = Percentage.withPercentage(1);
        assertThat(found.stepNanos()).isCloseTo(PLANTED.stepNanos(), close);
        assertThat(found.tokenNanos()).isCloseTo(PLANTED.tokenNanos(), close);
        assertThat(found.drawNanos()).isCloseTo(PLANTED.drawNanos(), close);
        assertThat(found.pairNanos()).isCloseTo(PLANTED.pairNanos(), close);
        assertThat(log.fits(found)).extracting(CostsReport.Fit::kind).containsExactly("answers", "prompts", "both");
        assertThat(log.fits(found)).allSatisfy(fit -> {
            assertThat(fit.steps()).isGreaterThan(10);
            assertThat(fit.p90Error()).isCloseTo(0, within(0.01));
        });
    }

    @Test
    void theFirstRoundDoesNotCount() throws InterruptedException {
        CostLoads loads = CostLoads.of(MODEL, ROWS, List.of(16), BESIDE_DECODE, 2048);
        try (SchedulerHost host = host()) {
            run(host, loads, 0);
            assertThat(log.fits(PLANTED))
                    .allSatisfy(fit -> assertThat(fit.steps()).isZero());
            warm = true;
            run(host, loads, 1);
        }
        assertThat(log.fits(PLANTED))
                .allSatisfy(fit -> assertThat(fit.p90Error()).isLessThan(0.01));
        assertThat(log.fits(PLANTED).getFirst().steps()).isPositive();
    }

    @Test
    void errorsAreSharesOfWhatStepsTook() throws InterruptedException {
        warm = true;
        try (SchedulerHost host = host()) {
            run(host, CostLoads.of(MODEL, ROWS, List.of(16), BESIDE_DECODE, 2048), 1);
        }
        StepPrice twice = new StepPrice(4e6, 60_000, 140_000, 80);
        assertThat(log.fits(twice))
                .filteredOn(fit -> fit.steps() > 0)
                .isNotEmpty()
                .allSatisfy(fit -> {
                    assertThat(fit.medianError()).isCloseTo(1, within(0.01));
                    assertThat(fit.p90Error()).isCloseTo(1, within(0.01));
                });
    }
}
