package dev.foretoken.onnxruntime.tensor;

import static dev.foretoken.onnxruntime.tensor.Values.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.DeviceMemory;
import dev.foretoken.onnxruntime.session.GraphPort;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.QuietBinding;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GraphCallTest {

    /** Gives y [rows, 384] of x [rows, n]; fails when it is told to. */
    private static final class CountedSession implements GraphSession {
        int runs;
        boolean fails;

        @Override
        public List<GraphPort> inputs() {
            return List.of(new GraphPort("x", ElementType.FP32, List.of(-1L, -1L), List.of("rows", "n")));
        }

        @Override
        public List<GraphPort> outputs() {
            return List.of(new GraphPort("y", ElementType.FP32, List.of(-1L, 384L), List.of("rows", "")));
        }

        @Override
        public Map<String, String> metadata() {
            return Map.of();
        }

        @Override
        public DeviceMemory allocate(long bytes) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Binding bind() {
            return new QuietBinding() {
                @Override
                public void run() {
                    runs++;
                    if (fails) {
                        throw new ForetokenException(ErrorCode.RUNTIME_FAILED, "told to fail");
                    }
                }
            };
        }

        @Override
        public void close() {}
    }

    private final CountedSession session = new CountedSession();
    private final GraphCall call = new GraphCall(session);

    @AfterEach
    void close() {
        call.close();
    }

    private void run(long rows, long n) {
        Tensor x = floats("x", List.of(rows, n), new float[(int) (rows * n)]);
        call.run(Map.of("x", x), Set.of("y"));
    }

    private void fails(long rows, long n, int runs) {
        session.fails = true;
        session.runs = 0;
        assertThatThrownBy(() -> run(rows, n)).hasMessage("told to fail");
        assertThat(session.runs).isEqualTo(runs);
        session.fails = false;
    }

    @Test
    void repeatsAFailedRunOnlyWhileTheNamesOfItsDimensionsMayBeWrong() {
        fails(2, 3, 2);
        run(1, 3);
        fails(2, 3, 2);
        run(2, 3);
        fails(2, 3, 1);
    }

    @Test
    void makesNoPlaceOfAnySizeThatACallerChooses() {
        assertThatThrownBy(() -> run(1 << 24, 0))
                .hasMessageContaining("output 'y' would be FP32 [16777216, 384]")
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE));
        assertThat(session.runs).isZero();
    }
}
