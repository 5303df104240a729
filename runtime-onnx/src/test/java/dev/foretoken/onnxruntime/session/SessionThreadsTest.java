package dev.foretoken.onnxruntime.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import org.junit.jupiter.api.Test;

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
    void spinOnlyWhileARunIsUnderWay() {
        assertThat(of(2, "").configuration())
                .containsEntry("session.intra_op.allow_spinning", "1")
                .containsEntry("session.force_spinning_stop", "1")
                .doesNotContainKey("session.intra_op_thread_affinities");
        assertThat(of(3, "2-4").configuration()).containsEntry("session.intra_op_thread_affinities", "4;5");
    }
}
