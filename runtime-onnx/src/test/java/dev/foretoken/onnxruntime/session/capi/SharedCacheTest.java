package dev.foretoken.onnxruntime.session.capi;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.SessionOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cache that is past and present at once, on the CPU. */
class SharedCacheTest {

    private static final int ROWS = 16;
    private static final int WIDTH = 8;

    private final CApiSessionFactory factory = new CApiSessionFactory(OrtEnvironment.getEnvironment(), 1);

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        factory.close();
    }

    private GraphSession open() {
        Path model = CacheSteps.graph(WIDTH).write(folder.resolve("cache.onnx"));
        return factory.open(model, DeviceSpec.cpu(1), SessionOptions.DEFAULT);
    }

    @Test
    void writesTheRowOfEachTokenAndReadsAllBeforeIt() {
        try (GraphSession session = open();
                CacheSteps steps = new CacheSteps(session, ROWS, WIDTH)) {
            for (int token = 0; token < ROWS; token++) {
                steps.step(token, token + 1);
                for (int row = 0; row < ROWS; row++) {
                    assertThat(steps.score(row)).isEqualTo(row <= token ? (row + 1f) * (token + 1f) : 0);
                }
            }
        }
    }

    @Test
    void holdsNoMoreOfOnnxRuntimeTokenAfterToken() {
        try (GraphSession session = open();
                CacheSteps steps = new CacheSteps(session, ROWS, WIDTH)) {
            steps.step(0, 1);
            long before = factory.held();
            for (int token = 1; token < ROWS; token++) {
                steps.step(token, 1);
            }
            assertThat(factory.held()).isEqualTo(before);
        }
    }

    @Test
    void scoresAsTheBareLoopThatItIsMeasuredAgainst() {
        try (GraphSession session = open();
                CacheSteps steps = new CacheSteps(session, ROWS, WIDTH);
                BareSteps bare = new BareSteps((CGraphSession) session, ROWS, WIDTH)) {
            for (int token = 0; token < ROWS; token++) {
                steps.step(token, token + 1);
                bare.step(token, token + 1);
                for (int row = 0; row < ROWS; row++) {
                    assertThat(bare.score(row)).isEqualTo(steps.score(row));
                }
            }
        }
    }
}
