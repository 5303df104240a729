package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.AttentionShape;
import dev.foretoken.nativeruntime.kernels.layout.GroupedProduct;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import dev.foretoken.nativeruntime.kernels.layout.TokenVectors;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.LatentMaps;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@link LatentMaps} in one form for prompts and generated tokens alike: queries are mapped to where the cached vectors are, heads attend to
 * those, and what they gather is mapped on.
 */
final class ComputedLatentAttention implements ComputedMixer {

    private final Kernels kernels;
    private final KvPlace place;
    private final RotaryAngles angles;
    private final HeadLayout layout;
    private final AttentionShape shape;
    private final HeadRows rows;
    private final TokenVectors plainOfMade;
    private final TokenVectors turnedOfMade;
    private final TokenVectors plain;
    private final TokenVectors grouped;
    private final TokenVectors query;
    private final TokenVectors latent;
    private final TokenVectors turned;
    private final TokenVectors key;
    private final TokenVectors turnedOfQuery;
    private final TokenVectors latentOfQuery;
    private final TokenVectors turnedOfKey;
    private final TokenVectors latentOfKey;
    private final TokenVectors groupedValues;
    private final TokenVectors values;
    private final MemorySegment mixed;
    private final @Nullable SharedInput narrow;
    private final @Nullable BoundNorm narrowNorm;
    private final MemorySegment narrowed;
    private final SharedInput queries;
    private final SharedInput cached;
    private final BoundNorm latentNorm;
    private final List<GroupedProduct> keyUps;
    private final List<GroupedProduct> valueUps;
    private final SharedInput output;

    /** {@code out}: fp32 [tokens, hidden]. */
    ComputedLatentAttention(Attention attention, LatentMaps maps, KvPlace place, Binding binding, MemorySegment out) {
        this.kernels = binding.kernels();
        this.place = place;
        this.angles = Objects.requireNonNull(binding.rotary().of(attention.rotary()));
        this.layout = attention.layout();
        this.shape = ComputedAttention.shape(attention, place, binding);
        MemorySegment[] parts = binding.work().cut(widths(maps, layout));
        this.narrowed = parts[0];
        TokenVectors made = TokenVectors.of(parts[1], maps.plainDim() + layout.turnedDim());
        this.plainOfMade = made.slice(0, maps.plainDim());
        this.turnedOfMade = made.slice(maps.plainDim(), layout.turnedDim());
        this.plain = TokenVectors.of(parts[2], maps.plainDim());
        this.grouped = TokenVectors.of(parts[3], layout.valueDim());
        this.mixed = parts[3];
        this.query = TokenVectors.of(parts[4], layout.headDim());
        this.latent = TokenVectors.of(parts[5], layout.valueDim());
        this.turned = TokenVectors.of(parts[6], layout.turnedDim());
        this.key = TokenVectors.of(parts[7], layout.headDim());
        this.turnedOfQuery = query.slice(0, layout.turnedDim());
        this.latentOfQuery = query.slice(layout.turnedDim(), layout.valueDim());
        this.turnedOfKey = key.slice(0, layout.turnedDim());
        this.latentOfKey = key.slice(layout.turnedDim(), layout.valueDim());
        this.groupedValues = TokenVectors.of(parts[8], maps.valueDim());
        this.values = TokenVectors.of(parts[9], maps.valueDim());
        this.rows = new HeadRows(layout.heads(), binding.work().tokens(), parts[10], parts[11]);
        LatentMaps.Narrow first = maps.narrow();
        this.narrow = first == null ? null : binding.sharing(List.of(first.down()), List.of(narrowed));
        this.narrowNorm = first == null ? null : binding.norm(first.norm());
        this.queries = binding.sharing(List.of(maps.query()), List.of(parts[1]));
        this.cached = binding.sharing(
                List.of(maps.cached().turned(), maps.cached().latent()), List.of(turned.data(), latent.data()));
        this.latentNorm = binding.norm(maps.cached().norm());
        this.keyUps = List.of(binding.grouped(maps.keyUps(), grouped.data()));
        this.valueUps = List.of(binding.grouped(maps.valueUps(), groupedValues.data()));
        this.output = binding.sharing(List.of(maps.output()), List.of(out));
    }

    /** Of the buffers between the kernels. */
    static int[] widths(LatentMaps maps, HeadLayout layout) {
        int heads = layout.heads();
        return new int[] {
            maps.narrowWidth(),
            heads * (maps.plainDim() + layout.turnedDim()),
            heads * maps.plainDim(),
            layout.mixedWidth(),
            layout.queryWidth(),
            layout.valueDim(),
            layout.turnedDim(),
            layout.headDim(),
            heads * maps.valueDim(),
            heads * maps.valueDim(),
            heads,
            heads
        };
    }

    @Override
    public void run(StepBatch step, MemorySegment input) {
        int tokens = step.tokens();
        RaggedBatch batch = step.batch(place.kind());
        KvLayer cache = place.layer();
        rows.arrange(tokens);
        makeKeys(step, input);
        makeQueries(step, input);
        kernels.writeKv(cache, batch, key.data(), null);
        kernels.attention(cache, batch, shape, query.data(), mixed);
        kernels.matmulGroups(mixed, rows.groups().sources(), rows.groups(), valueUps);
        kernels.copy(groupedValues, rows.places(), values, tokens * layout.heads());
        output.multiply(values.data(), tokens);
    }

    private void makeKeys(StepBatch step, MemorySegment input) {
        int tokens = step.tokens();
        cached.multiply(input, tokens);
        latentNorm.apply(latent.data(), tokens, latent.data());
        kernels.copy(turned, null, turnedOfKey, tokens);
        kernels.copy(latent, null, latentOfKey, tokens);
        turn(key.data(), 1, step);
    }

    private void makeQueries(StepBatch step, MemorySegment input) {
        int tokens = step.tokens();
        int count = tokens * layout.heads();
        queries.multiply(narrowed(input, tokens), tokens);
        kernels.copy(plainOfMade, null, plain, count);
        kernels.matmulGroups(plain.data(), rows.groups().sources(), rows.groups(), keyUps);
        kernels.copy(turnedOfMade, null, turnedOfQuery, count);
        kernels.copy(grouped, rows.places(), latentOfQuery, count);
        turn(query.data(), layout.heads(), step);
    }

    private MemorySegment narrowed(MemorySegment input, int tokens) {
        SharedInput down = narrow;
        BoundNorm norm = narrowNorm;
        if (down == null || norm == null) {
            return input;
        }
        down.multiply(input, tokens);
        norm.apply(narrowed, tokens, narrowed);
        return narrowed;
    }

    private void turn(MemorySegment heads, int count, StepBatch step) {
        kernels.rotary(heads, angles.table(), angles.rowsOf(step), step.tokens(), count, layout.headDim());
    }
}
