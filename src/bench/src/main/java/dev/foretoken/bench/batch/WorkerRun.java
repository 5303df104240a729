package dev.foretoken.bench.batch;

import dev.foretoken.batch.kafka.KafkaBroker;
import dev.foretoken.bench.process.ResidentMemory;
import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.stats.Spread;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The measured part: from a worker's beginning to the last committed answer that is read. One thread. */
final class WorkerRun {

    private static final int PARTS = 10;
    /** Many times as long as between two looks of a worker at its ids. */
    private static final long IDS_NANOS = Duration.ofSeconds(10).toNanos();

    private final KafkaBroker broker;
    private final WorkerProcess worker;
    private final AnswerCount answers;
    private final ProgressBar bar;
    private final List<Double> rates = new ArrayList<>();
    private final List<WorkerReport.Memory> memory = new ArrayList<>();
    private long most;
    private double seconds;
    private double brokerCpu;
    private double readerCpu;
    private double workerCpu;

    WorkerRun(KafkaBroker broker, WorkerProcess worker, AnswerCount answers, ProgressBar bar) {
        this.broker = broker;
        this.worker = worker;
        this.answers = answers;
        this.bar = bar;
    }

    /** @throws IOException no answer came for two minutes */
    void untilAnswered(int requests) throws IOException {
        double brokerBefore = seconds(broker.cpu());
        double readerBefore = ownCpu();
        long from = System.nanoTime();
        long partFrom = from;
        for (int part = 1; part <= PARTS; part++) {
            if (part > 1) {
                remember();
            }
            long before = answers.answered();
            answers.untilThereAre((long) requests * part / PARTS, () -> show(requests));
            long now = System.nanoTime();
            rates.add((answers.answered() - before) * 1e9 / (now - partFrom));
            partFrom = now;
        }
        seconds = (partFrom - from) / 1e9;
        workerCpu = seconds(worker.cpu());
        brokerCpu = seconds(broker.cpu()) - brokerBefore;
        readerCpu = ownCpu() - readerBefore;
        awaitIds();
        remember();
    }

    /** A short run is over before its worker first says how many it knows. */
    private void awaitIds() {
        long until = System.nanoTime() + IDS_NANOS;
        while (worker.state().ids() == 0 && System.nanoTime() - until < 0) {
            answers.poll();
        }
    }

    private void show(int requests) {
        WorkerState state = worker.state();
        most = Math.max(most, state.heapBytes());
        bar.update(
                answers.answered(),
                requests,
                Format.count(answers.answered()) + " read, " + state.inFlight() + " of " + state.limit()
                        + " in flight");
    }

    private void remember() {
        ResidentMemory resident = worker.memory().orElse(new ResidentMemory(0, 0));
        WorkerState state = worker.state();
        memory.add(new WorkerReport.Memory(
                answers.answered(), most, resident.resident(), resident.peak(), state.ids(), state.idBytes()));
    }

    WorkerReport.Speed speed() {
        double[] each = rates.stream().mapToDouble(Double::doubleValue).toArray();
        return new WorkerReport.Speed(
                seconds, answers.answered() / seconds, answers.answered() / workerCpu, Spread.of(each));
    }

    WorkerReport.Cpu cpu() {
        return new WorkerReport.Cpu(workerCpu, brokerCpu, readerCpu);
    }

    /** At each tenth of the requests. */
    List<WorkerReport.Memory> memory() {
        return List.copyOf(memory);
    }

    private static double ownCpu() {
        return seconds(ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO));
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
