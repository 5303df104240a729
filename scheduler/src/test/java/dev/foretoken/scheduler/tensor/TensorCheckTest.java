package dev.foretoken.scheduler.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.fake.Tensors;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.RaggedAxis;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TensorCheckTest {

    private static final TensorSignature SIGNATURE = new TensorSignature(
                    List.of(
                            new TensorSpec("ids", ElementType.INT64, List.of(-1L, -1L)),
                            new TensorSpec("mask", ElementType.INT64, List.of(-1L, -1L)),
                            new TensorSpec("scale", ElementType.FP32, List.of(-1L, 3L))),
                    List.of(
                            new TensorSpec("score", ElementType.FP32, List.of(-1L)),
                            new TensorSpec("hidden", ElementType.FP32, List.of(-1L, -1L, 8L))),
                    0)
            .withRagged(new RaggedAxis(1, 5, Map.of("ids", 0L, "mask", 0L), Set.of("hidden")));

    private static final TensorConfig CONFIG =
            new TensorConfig(1000, 2000, 10, 2000, TensorConfig.Batch.DEFAULT, TensorConfig.Sessions.DEFAULT);

    private static final TensorCheck CHECK = new TensorCheck(SIGNATURE, JoinRules.of(SIGNATURE), CONFIG);

    private static Tensor ids(long rows, long length) {
        return Tensors.longs("ids", List.of(rows, length), new long[(int) (rows * length)]);
    }

    private static Tensor mask(long rows, long length) {
        return Tensors.longs("mask", List.of(rows, length), new long[(int) (rows * length)]);
    }

    private static Tensor scale(long rows) {
        return Tensors.floats("scale", List.of(rows, 3L), new float[(int) rows * 3]);
    }

    private static TensorWork check(Tensor... inputs) {
        return CHECK.check(TensorRequest.of("m", RequestIdentity.anonymous("r"), List.of(inputs)));
    }

    private static void refused(String said, Tensor... inputs) {
        assertThatThrownBy(() -> check(inputs)).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e).hasMessageContaining(said);
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(e.param()).contains("inputs");
        });
    }

    @Test
    void takesInputsInAnyOrderAndCountsRowsAndLength() {
        TensorWork work = check(scale(2), mask(2, 4), ids(2, 4));
        assertThat(work.inputs()).extracting(Tensor::name).containsExactly("ids", "mask", "scale");
        assertThat(work.outputs()).containsExactly("score", "hidden");
        assertThat(work.rows()).isEqualTo(2);
        assertThat(work.length()).isEqualTo(4);
        assertThat(work.bytes()).isEqualTo(2 * 4 * 8 * 2 + 2 * 3 * 4);
        assertThat(work.key()).isEqualTo(check(ids(1, 5), mask(1, 5), scale(1)).key());
    }

    @Test
    void namesTheTensorAndWhatWasExpectedAndFound() {
        refused("input 'mask' is missing, this model takes ids INT64 [-1, -1], mask", ids(1, 2), scale(1));
        refused("input 'x' is unknown", Tensors.longs("x", List.of(1L), 1), ids(1, 2), mask(1, 2), scale(1));
        refused("input 'ids' is given twice", ids(1, 2), ids(1, 2), mask(1, 2), scale(1));
        refused(
                "input 'ids' is FP32, expected INT64",
                Tensors.floats("ids", List.of(1L, 2L), 1, 2),
                mask(1, 2),
                scale(1));
        refused(
                "input 'ids' has shape [2], expected [-1, -1]",
                Tensors.longs("ids", List.of(2L), 1, 2),
                mask(1, 2),
                scale(1));
        refused(
                "input 'scale' has shape [1, 4], expected [-1, 3]",
                ids(1, 2),
                mask(1, 2),
                Tensors.floats("scale", List.of(1L, 4L), new float[4]));
    }

    @Test
    void refusesBytesThatAreNotOfTheShape() {
        refused(
                "input 'ids' is INT64 [1, 2], which takes 2 values of 8 bytes, found 24 bytes",
                Tensors.longs("ids", List.of(1L, 2L), 1, 2, 3),
                mask(1, 2),
                scale(1));
        refused("takes too many values", Tensors.longs("ids", List.of(1L << 40, 1L << 40), 1), mask(1, 2), scale(1));
        refused("has shape [1, -2]", Tensors.longs("ids", List.of(1L, -2L), 1), mask(1, 2), scale(1));
        refused(
                "input 'ids' has shape [0, 2], expected [-1, -1] (-1: any size from 1)",
                ids(0, 2),
                mask(0, 2),
                scale(0));
        refused("input 'ids' has shape [1, 0]", ids(1, 0), mask(1, 0), scale(1));
    }

    @Test
    void refusesInputsOfDifferentRowsOrLengths() {
        refused("input 'ids' has 2 rows along axis 0 and input 'scale' has 1", ids(2, 2), mask(2, 2), scale(1));
        refused("input 'ids' has 3 positions along axis 1 and input 'mask' has 2", ids(1, 3), mask(1, 2), scale(1));
    }

    @Test
    void refusesWhatIsTooLongOrTooLarge() {
        assertThatThrownBy(() -> check(ids(1, 6), mask(1, 6), scale(1)))
                .hasMessageContaining("has 6 positions along axis 1, this model takes at most 5")
                .isInstanceOfSatisfying(
                        ForetokenException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED));
        assertThatThrownBy(() -> check(ids(20, 5), mask(20, 5), scale(20)))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE));
    }

    @Test
    void refusesInputsOfNothingThatWouldGiveMuch() {
        TensorSignature wide = new TensorSignature(
                List.of(new TensorSpec("x", ElementType.INT64, List.of(-1L, -1L))),
                List.of(new TensorSpec("y", ElementType.FP32, List.of(-1L, 384L))),
                0);
        TensorCheck check = new TensorCheck(wide, JoinRules.of(wide), CONFIG);
        Tensor nothing = Tensors.longs("x", List.of(1L << 24, 0L));
        assertThatThrownBy(() -> check.check(TensorRequest.of("m", RequestIdentity.anonymous("r"), List.of(nothing))))
                .hasMessage("input 'x' has shape [16777216, 0], expected [-1, -1] (-1: any size from 1)");
    }

    @Test
    void refusesRowsWhoseOutputsWouldBeTooLargeUnlessOthersAreAskedFor() {
        TensorRequest request =
                TensorRequest.of("m", RequestIdentity.anonymous("r"), List.of(ids(10, 5), mask(10, 5), scale(10)));
        TensorConfig config =
                new TensorConfig(10_000, 1639, 10, 20_000, TensorConfig.Batch.DEFAULT, TensorConfig.Sessions.DEFAULT);
        TensorCheck check = new TensorCheck(SIGNATURE, JoinRules.of(SIGNATURE), config);
        assertThatThrownBy(() -> check.check(request))
                .hasMessageContaining("at least 1640 bytes, at most 1639 are made (tensor.max-answer-bytes)")
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE));
        assertThat(check.check(request.withOutputs(List.of("score"))).rows()).isEqualTo(10);
    }

    @Test
    void refusesOutputsThatThereAreNot() {
        TensorRequest request =
                TensorRequest.of("m", RequestIdentity.anonymous("r"), List.of(ids(1, 1), mask(1, 1), scale(1)));
        assertThatThrownBy(() -> CHECK.check(request.withOutputs(List.of("logits"))))
                .hasMessage("output 'logits' is unknown, this model makes [score, hidden]");
        assertThatThrownBy(() -> CHECK.check(request.withOutputs(List.of("score", "score"))))
                .hasMessageContaining("twice");
    }

    @Test
    void countsStrings() {
        TensorSignature strings =
                new TensorSignature(List.of(new TensorSpec("s", ElementType.BYTES, List.of(-1L))), List.of(), -1);
        TensorCheck check = new TensorCheck(strings, JoinRules.of(strings), CONFIG);
        byte[] two = {1, 0, 0, 0, 'a', 0, 0, 0, 0};
        TensorRequest good = TensorRequest.of(
                "m",
                RequestIdentity.anonymous("r"),
                List.of(new Tensor("s", ElementType.BYTES, List.of(2L), MemorySegment.ofArray(two))));
        assertThat(check.check(good).rows()).isEqualTo(1);
        TensorRequest bad = TensorRequest.of(
                "m",
                RequestIdentity.anonymous("r"),
                List.of(new Tensor("s", ElementType.BYTES, List.of(3L), MemorySegment.ofArray(two))));
        assertThatThrownBy(() -> check.check(bad))
                .hasMessageContaining("takes 3 strings, each behind its length, found 2");
    }
}
