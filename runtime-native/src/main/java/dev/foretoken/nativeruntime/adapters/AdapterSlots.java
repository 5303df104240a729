package dev.foretoken.nativeruntime.adapters;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.AdapterLimits;
import dev.foretoken.contract.runtime.AdapterWeights;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.LowRankProduct;
import dev.foretoken.nativeruntime.kernels.layout.RowGroups;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.Linear;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The adapters that are loaded, each under a number, and the rows of the step that use them: sorted by adapter once, for all linear maps. Made
 * in this order: {@link #site} for every map, {@link #allocate}, then steps. Makes no objects in a step.
 */
public final class AdapterSlots implements AutoCloseable {

    private final Kernels kernels;
    private final AdapterLimits limits;
    private final int tokens;
    private final RowGroups groups;
    private final @Nullable PackedAdapter[] loaded;
    private final int[] counts;
    private final int[] next;
    private final List<AdapterSite> sites = new ArrayList<>();
    private @Nullable MemorySegment low;
    private int widest;

    /** {@code tokens}: of a step, at most. */
    public AdapterSlots(AdapterLimits limits, int tokens, Kernels kernels, Arena arena) {
        this.kernels = kernels;
        this.limits = limits;
        this.tokens = tokens;
        this.groups = new RowGroups(limits.count(), tokens, arena);
        this.loaded = new PackedAdapter[limits.count()];
        this.counts = new int[limits.count()];
        this.next = new int[limits.count()];
    }

    /** Where adapters add to what linear maps over one input give. */
    public final class Site {
        private final List<LowRankProduct> products;

        private Site(List<LowRankProduct> products) {
            this.products = products;
        }

        /** Adds to the rows of the step that use adapters; {@code x}: fp32 [tokens, inputs]. */
        public void add(MemorySegment x) {
            MemorySegment lowered = low;
            if (lowered == null) {
                throw new IllegalStateException("allocate comes before the first step");
            }
            if (groups.rows() > 0) {
                kernels.addLowRank(x, groups, products, lowered);
            }
        }
    }

    /** {@code weights}, {@code outs}: of each linear map. */
    public Site site(List<Linear> linears, List<WeightMatrix> weights, List<MemorySegment> outs) {
        List<LowRankProduct> products = new ArrayList<>();
        List<FloatType> types = new ArrayList<>();
        for (int i = 0; i < linears.size(); i++) {
            Linear linear = linears.get(i);
            products.add(new LowRankProduct(linear.inputs(), linear.outputs(), outs.get(i), limits.count()));
            types.add(type(weights.get(i)));
        }
        sites.add(new AdapterSite(linears, types, products));
        widest = Math.max(widest, products.size());
        return new Site(List.copyOf(products));
    }

    /** As precise as the base: an addition need not be more. */
    private static FloatType type(WeightMatrix base) {
        boolean rounded = !(base instanceof DensePanels dense) || dense.type() == FloatType.BF16;
        return rounded ? FloatType.BF16 : FloatType.F32;
    }

    public void allocate(LongFunction<MemorySegment> memory) {
        low = memory.apply(bytes());
    }

    /** Work space. */
    public long bytes() {
        return (long) tokens * limits.rank() * widest * Float.BYTES;
    }

    /** Reads adapters for these sites. */
    public AdapterReader reader() {
        return new AdapterReader(new AdapterModules(sites), limits);
    }

    /** Takes over an adapter that {@link #reader} read. */
    public void load(int number, AdapterWeights weights) {
        if (!(weights instanceof PackedAdapter adapter) || !isNumber(number) || loaded[number] != null) {
            throw new ForetokenException(
                    ErrorCode.RUNTIME_FAILED,
                    "adapter number %d cannot be loaded: there are %d, or it is taken"
                            .formatted(number, loaded.length));
        }
        loaded[number] = adapter;
        adapter.pairs().forEach((product, pair) -> product.put(number, pair));
    }

    public void unload(int number) {
        PackedAdapter adapter = isNumber(number) ? loaded[number] : null;
        if (adapter == null) {
            throw new ForetokenException(ErrorCode.RUNTIME_FAILED, "adapter number %d is not loaded".formatted(number));
        }
        adapter.pairs().keySet().forEach(product -> product.put(number, null));
        loaded[number] = null;
        adapter.close();
    }

    public boolean isLoaded(int number) {
        return isNumber(number) && loaded[number] != null;
    }

    private boolean isNumber(int number) {
        return number >= 0 && number < loaded.length;
    }

    /** Sorts the tokens of a step by adapter; every adapter that it names is loaded. */
    public void arrange(StepPlan plan) {
        groups.clear();
        java.util.Arrays.fill(counts, 0);
        for (int row = 0; row < plan.rows(); row++) {
            int adapter = plan.get(Column.ADAPTER, row);
            if (adapter >= 0) {
                counts[adapter] += plan.get(Column.TOKEN_COUNT, row);
            }
        }
        for (int adapter = 0; adapter < counts.length; adapter++) {
            if (counts[adapter] > 0) {
                next[adapter] = groups.open(adapter, counts[adapter]);
            }
        }
        for (int row = 0; row < plan.rows(); row++) {
            int adapter = plan.get(Column.ADAPTER, row);
            for (int i = 0; adapter >= 0 && i < plan.get(Column.TOKEN_COUNT, row); i++) {
                groups.set(next[adapter]++, plan.get(Column.TOKEN_OFFSET, row) + i);
            }
        }
    }

    /** Frees every adapter. */
    @Override
    public void close() {
        for (PackedAdapter adapter : loaded) {
            if (adapter != null) {
                adapter.close();
            }
        }
    }
}
