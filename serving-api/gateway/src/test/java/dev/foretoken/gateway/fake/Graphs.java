package dev.foretoken.gateway.fake;

import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSpec;
import dev.foretoken.gateway.text.Tokenizer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Graphs of tests. */
public final class Graphs {

    private Graphs() {}

    /** Takes any tensors and gives them back under other names, {@code x} as {@code x_out}. */
    public static FakeGraph echo(String model) {
        TensorSignature signature = new TensorSignature(
                List.of(new TensorSpec("x", ElementType.FP32, List.of(-1L, 2L))),
                List.of(new TensorSpec("x_out", ElementType.FP32, List.of(-1L, 2L))),
                0);
        return new FakeGraph(model, signature, Set.of(ModelTask.TENSOR), Graphs::echoed);
    }

    public static List<Tensor> echoed(TensorRequest request) {
        return request.inputs().stream()
                .map(input -> new Tensor(input.name() + "_out", input.type(), input.shape(), own(input.data())))
                .filter(output ->
                        request.outputs().isEmpty() || request.outputs().contains(output.name()))
                .toList();
    }

    /**
     * Can all that encoders can. The vector of a text is (its tokens, the sum of its ids, the sum of its types), its score and the scores of its
     * classes are sums of that kind too.
     */
    public static FakeGraph encoder(String model) {
        List<Long> tokens = List.of(-1L, -1L);
        TensorSignature signature = new TensorSignature(
                        List.of(
                                new TensorSpec("input_ids", ElementType.INT64, tokens),
                                new TensorSpec("attention_mask", ElementType.INT64, tokens),
                                new TensorSpec("token_type_ids", ElementType.INT64, tokens)),
                        List.of(
                                new TensorSpec("sentence_embedding", ElementType.FP32, List.of(-1L, 3L)),
                                new TensorSpec("score", ElementType.FP32, List.of(-1L)),
                                new TensorSpec("logits", ElementType.FP32, List.of(-1L, 2L))),
                        0)
                .withLabels(List.of("short", "long"));
        return new FakeGraph(
                model,
                signature,
                Set.of(ModelTask.TENSOR, ModelTask.EMBED, ModelTask.RERANK, ModelTask.CLASSIFY),
                Graphs::encoded);
    }

    public static Tokenizer encoderTokenizer() {
        return Tokenizer.load(Path.of(
                System.getProperty("foretoken.root"),
                "serving-api/gateway/src/test/resources/dev/foretoken/gateway/encode/toy"));
    }

    public static List<Tensor> encoded(TensorRequest request) {
        Tensor ids = input(request, "input_ids");
        int rows = Math.toIntExact(ids.shape().get(0));
        int length = Math.toIntExact(ids.shape().get(1));
        String name = request.outputs().getFirst();
        int width = Map.of("sentence_embedding", 3, "score", 1, "logits", 2).get(name);
        ByteBuffer out = ByteBuffer.allocate(rows * width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < rows; row++) {
            float[] vector = {
                sum(input(request, "attention_mask"), row, length),
                sum(ids, row, length),
                sum(input(request, "token_type_ids"), row, length)
            };
            switch (name) {
                case "sentence_embedding" ->
                    out.putFloat(vector[0]).putFloat(vector[1]).putFloat(vector[2]);
                case "score" -> out.putFloat(vector[1] / 100);
                default -> out.putFloat(4).putFloat(vector[0]);
            }
        }
        List<Long> shape = name.equals("score") ? List.of((long) rows) : List.of((long) rows, (long) width);
        return List.of(new Tensor(name, ElementType.FP32, shape, own(MemorySegment.ofArray(out.array()))));
    }

    /** A copy as engines make them: in an array of longs, aligned to eight bytes. */
    private static MemorySegment own(MemorySegment data) {
        return MemorySegment.ofArray(new long[Math.toIntExact((data.byteSize() + Long.BYTES - 1) / Long.BYTES)])
                .asSlice(0, data.byteSize())
                .copyFrom(data);
    }

    private static Tensor input(TensorRequest request, String name) {
        return request.inputs().stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static float sum(Tensor tensor, int row, int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            sum += tensor.data().getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, (long) row * length + i);
        }
        return sum;
    }
}
