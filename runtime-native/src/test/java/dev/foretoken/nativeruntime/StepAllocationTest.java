package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.request.LogitBias;
import dev.foretoken.contract.request.Penalties;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.DraftNetwork;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.StepPlan;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A decode step makes next to no objects on its own thread. */
final class StepAllocationTest {

    private static final int WARM_UP = 4000;
    private static final int MEASURED = 1000;
    /** Measured: 0 or 1 once code is compiled. One record per token would be more than this. */
    private static final long BYTES_PER_TOKEN = 40;

    @ParameterizedTest
    @CsvSource({
        "llama-gqa-f32, 1",
        "llama-gqa-f32, 8",
        "olmoe-plain, 1",
        "olmoe-plain, 8",
        "deepseek-v3-f32, 8",
        "mamba-f32, 1",
        "mamba-f32, 8",
        "mamba2-groups-f32, 8",
        "bamba-f32, 8",
        "jamba-f32, 8",
        "falcon-h1-f32, 8",
        "qwen3-next-f32, 8"
    })
    void makesNoObjectPerDecodedToken(String model, int rows) {
        RuntimeOptions options =
                new RuntimeOptions(RuntimeOptions.CacheType.AUTO, "auto", RuntimeOptions.Precision.FAST, 0);
        SamplingParams sampling =
                new SamplingParams(0.8f, 0, 0.9f, 0.01f, new Penalties(0.1f, 0f, 1.1f), LogitBias.NONE, 5);
        try (StepLoop loop = new StepLoop(Conformance.open(model, options, 1), 64)) {
            List<FakeSequence> sequences = java.util.stream.IntStream.range(0, rows)
                    .mapToObj(i -> new FakeSequence(i, new int[] {1, 2, 3, i}, 100).sampling(sampling))
                    .toList();
            loop.step(sequences, 4);
            StepPlan plan = loop.plan();
            plan.clear();
            sequences.forEach(sequence -> loop.addRow(plan, sequence, RowKind.COMPUTE, 1, StepPlan.WANT_SAMPLE));
            for (int i = 0; i < WARM_UP; i++) {
                loop.runtime.execute(plan);
            }
            long before = allocated();
            for (int i = 0; i < MEASURED; i++) {
                loop.runtime.execute(plan);
            }
            long perToken = (allocated() - before) / ((long) MEASURED * rows);
            assertThat(perToken).as("bytes per decoded token").isLessThan(BYTES_PER_TOKEN);
        }
    }

    @Test
    void makesNoObjectPerProposal() {
        ModelSource model = new ModelSource("m", URI.create("random:tiny"), "");
        RuntimeOptions options = RuntimeOptions.DEFAULT.withDraft(new DraftNetwork.Model(model));
        SequenceRuntime runtime =
                new NativeRuntimeProvider().open(model, DeviceSpec.cpu(1), options, LoadProgress.SILENT);
        int proposals = 4;
        try (StepLoop loop = new StepLoop(runtime, 8)) {
            StepPlan plan = loop.plan();
            plan.clear();
            int row = plan.addRow(new FakeSequence(1, new int[] {1, 2}, 100), 1, RowKind.DRAFT, 0, 0);
            plan.set(StepPlan.Column.PROPOSALS, row, proposals);
            plan.addToken(1);
            plan.addToken(2);
            plan.beginTable(0);
            plan.addUnit(0, 3);
            for (int i = 0; i < WARM_UP; i++) {
                runtime.execute(plan);
            }
            long before = allocated();
            for (int i = 0; i < MEASURED; i++) {
                runtime.execute(plan);
            }
            long perProposal = (allocated() - before) / ((long) MEASURED * proposals);
            assertThat(perProposal).as("bytes per proposal").isLessThan(BYTES_PER_TOKEN);
        }
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
