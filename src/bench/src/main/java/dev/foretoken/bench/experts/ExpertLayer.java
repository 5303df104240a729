package dev.foretoken.bench.experts;

import dev.foretoken.nativeruntime.experts.ExpertChoices;
import dev.foretoken.nativeruntime.experts.ExpertRouter;
import dev.foretoken.nativeruntime.experts.ExpertRows;
import dev.foretoken.nativeruntime.experts.ExpertStrategy;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelPanels;
import dev.foretoken.nativeruntime.kernels.layout.GroupedProduct;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.Routing;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Several layers of experts with made-up weights of 8 bits per channel, and the tokens of one step. */
final class ExpertLayer {
    private final ExpertShape shape;
    private final int tokens;
    private final Kernels kernels;
    private final Arena arena;
    private final RandomGenerator random;
    private final MemorySegment input;
    private final MemorySegment logits;
    private final MemorySegment inner;
    private final MemorySegment up;
    private final MemorySegment outputs;
    private final MemorySegment sum;
    private final ExpertChoices choices;
    private final ExpertRouter router;
    private final ExpertRows rows;
    private final List<List<GroupedProduct>> gateAndUp = new ArrayList<>();
    private final List<List<GroupedProduct>> down = new ArrayList<>();

    /** {@code copies}: layers, whose weights are read in turn so that no cache holds them. */
    ExpertLayer(ExpertShape shape, int tokens, int copies, Kernels kernels, Arena arena, RandomGenerator random) {
        this.shape = shape;
        this.tokens = tokens;
        this.kernels = kernels;
        this.arena = arena;
        this.random = random;
        int most = tokens * shape.experts();
        this.input = numbers((long) tokens * shape.hidden());
        this.logits = numbers((long) tokens * shape.experts());
        this.inner = floats((long) most * shape.inner());
        this.up = floats((long) most * shape.inner());
        this.outputs = floats((long) most * shape.hidden());
        this.sum = floats((long) tokens * shape.hidden());
        Routing routing = Routing.softmax(shape.topK(), true);
        this.router = new ExpertRouter(routing, shape.experts(), null);
        this.choices = new ExpertChoices(shape.experts(), shape.topK(), tokens, floats((long) tokens * shape.topK()));
        this.rows = new ExpertRows(shape.experts(), most, floats(most), floats((long) tokens * shape.topK()));
        for (int i = 0; i < copies; i++) {
            gateAndUp.add(
                    List.of(experts(shape.inner(), shape.hidden(), inner), experts(shape.inner(), shape.hidden(), up)));
            down.add(List.of(experts(shape.hidden(), shape.inner(), outputs)));
        }
    }

    private MemorySegment floats(long count) {
        return kernels.allocate(count * Float.BYTES, arena);
    }

    private MemorySegment numbers(long count) {
        MemorySegment segment = floats(count);
        for (long i = 0; i < count; i++) {
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
        }
        return segment;
    }

    private GroupedProduct experts(int outputWidth, int inputWidth, MemorySegment out) {
        List<WeightMatrix> matrices = new ArrayList<>();
        for (int expert = 0; expert < shape.experts(); expert++) {
            ChannelPanels made =
                    ChannelPanels.allocate(outputWidth, inputWidth, (bytes, unit) -> kernels.allocate(bytes, arena));
            for (long i = 0; i + Long.BYTES <= made.panels().byteSize(); i += Long.BYTES) {
                made.panels().set(ValueLayout.JAVA_LONG_UNALIGNED, i, random.nextLong());
            }
            for (long i = 0; i < made.scales().byteSize() / Float.BYTES; i++) {
                made.scales().setAtIndex(ValueLayout.JAVA_FLOAT, i, 0.01f);
            }
            matrices.add(made);
        }
        return new GroupedProduct(matrices, List.of(), out);
    }

    /** Nanoseconds from logits to sums; {@code turn} chooses the layer. */
    long run(ExpertStrategy strategy, int turn) {
        long start = System.nanoTime();
        router.route(logits, tokens, choices);
        rows.arrange(choices, strategy);
        int layer = turn % gateAndUp.size();
        kernels.matmulGroups(input, rows.groups().sources(), rows.groups(), gateAndUp.get(layer));
        kernels.siluMul(inner, up, (long) rows.groups().rows() * shape.inner(), inner);
        kernels.matmulGroups(inner, null, rows.groups(), down.get(layer));
        kernels.combine(outputs, rows.places(), choices.weights(), tokens, shape.topK(), shape.hidden(), sum);
        return System.nanoTime() - start;
    }
}
