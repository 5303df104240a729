package dev.foretoken.onnxruntime.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.javaapi.JavaSessionFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionThreadsTest {

    private static SessionThreads of(int threads, String cpus) {
        return SessionThreads.of(new DeviceSpec(DeviceSpec.Kind.CPU, 0, threads, CpuList.parse(cpus)), 8);
    }

    @Test
    void takesOneThreadForEachUsableCoreWhereNoneAreNamed() {
        assertThat(of(0, "").count()).isEqualTo(8);
        assertThat(of(0, "").affinities()).isEmpty();
    }

    @Test
    void takesOneThreadForEachNamedCore() {
        assertThat(of(0, "2-4").count()).isEqualTo(3);
    }

    @Test
    void bindsAllThreadsButTheOneThatCalls() {
        assertThat(of(3, "2-4").affinities()).isEqualTo("4;5");
        assertThat(of(1, "2-4").affinities()).isEmpty();
    }

    @Test
    void runWhereTheDeviceSays(@TempDir Path folder) throws InterruptedException {
        CpuList allowed = ThreadCpus.ofProcess();
        assumeTrue(allowed.size() > 1, "a process of one CPU has its threads there anyway");
        CpuList last = new CpuList(List.of(allowed.cpus().getLast()));
        Path graph = new GraphWriter()
                .input("x", ElementType.FP32, "n")
                .output("y", ElementType.FP32, "n")
                .node("Identity", List.of("x"), List.of("y"))
                .write(folder.resolve("graph.onnx"));
        Set<String> before = ThreadCpus.ids();
        try (GraphSession session = new JavaSessionFactory(OrtEnvironment.getEnvironment(), 1)
                .open(graph, new DeviceSpec(DeviceSpec.Kind.CPU, 0, 3, last), SessionOptions.DEFAULT)) {
            assertThat(session.inputs()).hasSize(1);
            for (int look = 0; look < 12_000 && bound(before, last) < 2; look++) {
                Thread.sleep(10); // they bind themselves, once they run
            }
            assertThat(bound(before, last)).isEqualTo(2);
        }
    }

    private static long bound(Set<String> before, CpuList cpus) {
        return ThreadCpus.ids().stream()
                .filter(id -> !before.contains(id))
                .flatMap(id -> ThreadCpus.of(id).stream())
                .filter(cpus::equals)
                .count();
    }

    @Test
    void spinOnlyWhileARunIsUnderWay() {
        assertThat(of(2, "").configuration())
                .containsEntry("session.intra_op.allow_spinning", "1")
                .containsEntry("session.force_spinning_stop", "1")
                .doesNotContainKey("session.intra_op_thread_affinities");
        assertThat(of(3, "2-4").configuration()).containsEntry("session.intra_op_thread_affinities", "4;5");
    }
}
