package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.PredictionPlan;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The linear maps from K and V of an auxiliary to those of a base. They keep the type they are stored in, whatever becomes of the models'
 * matrices: their errors would add to those of the prediction.
 */
public final class PredictorWeights implements AutoCloseable {

    /**
     * Of one layer of the base.
     *
     * @param keys [base key width, auxiliary key width]
     * @param keyBias fp32 [base key width]
     * @param values [base value width, auxiliary value width]
     * @param valueBias fp32 [base value width]
     */
    public record Maps(WeightMatrix keys, MemorySegment keyBias, WeightMatrix values, MemorySegment valueBias) {}

    private final Arena arena;
    private final List<Maps> layers;
    private final String identity;

    private PredictorWeights(Arena arena, List<Maps> layers, String identity) {
        this.arena = arena;
        this.layers = List.copyOf(layers);
        this.identity = identity;
    }

    /**
     * Reads and packs.
     *
     * @param file empty: random maps
     * @param narrows whether fp32 maps are kept in BF16
     * @throws ForetokenException MODEL_FILE_CORRUPT for other tensors than the plan asks for
     */
    public static PredictorWeights load(Optional<Path> file, PredictionPlan plan, Kernels kernels, boolean narrows) {
        Arena arena = Arena.ofShared();
        try (Arena scratch = Arena.ofShared()) {
            Map<String, RowTable> tables = file.isPresent() ? stored(file.get(), plan, scratch) : random(plan, scratch);
            List<Maps> layers = new ArrayList<>();
            for (int i = 0; i < plan.layers().size(); i++) {
                layers.add(new Maps(
                        packed(table(tables, i, "keys.%d.weight"), kernels, narrows, arena),
                        bias(table(tables, i, "keys.%d.bias"), arena),
                        packed(table(tables, i, "values.%d.weight"), kernels, narrows, arena),
                        bias(table(tables, i, "values.%d.bias"), arena)));
            }
            return new PredictorWeights(arena, layers, identity(tables));
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /** What {@link #load} would hold, from headers. */
    public static long bytes(Optional<Path> file, PredictionPlan plan, boolean narrows) {
        try (Arena scratch = Arena.ofShared()) {
            Map<String, RowTable> tables = file.isPresent() ? stored(file.get(), plan, scratch) : random(plan, scratch);
            return tables.values().stream()
                    .mapToLong(table -> table.rows() == 1
                            ? (long) table.columns() * Float.BYTES
                            : DensePanels.bytes(type(table, narrows), table.rows(), table.columns()))
                    .sum();
        }
    }

    private static RowTable table(Map<String, RowTable> tables, int layer, String name) {
        return Objects.requireNonNull(tables.get(name.formatted(layer)));
    }

    private static FloatType type(RowTable table, boolean narrows) {
        return narrows && table.type() == FloatType.F32 ? FloatType.BF16 : table.type();
    }

    private static WeightMatrix packed(RowTable table, Kernels kernels, boolean narrows, Arena arena) {
        return kernels.pack(table, type(table, narrows), arena);
    }

    private static MemorySegment bias(RowTable table, Arena arena) {
        MemorySegment floats = arena.allocate((long) table.columns() * Float.BYTES, 64);
        for (int i = 0; i < table.columns(); i++) {
            FloatType.F32.store(floats, i, table.at(0, i));
        }
        return floats;
    }

    /** Shape of every tensor by name; a bias has one dimension. */
    private static Map<String, long[]> shapes(PredictionPlan plan) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (int i = 0; i < plan.layers().size(); i++) {
            PredictionPlan.Layer layer = plan.layers().get(i);
            int keys = layer.made().keyWidth();
            int values = layer.made().valueWidth();
            shapes.put(
                    "keys.%d.weight".formatted(i),
                    new long[] {keys, layer.read().keyWidth()});
            shapes.put("keys.%d.bias".formatted(i), new long[] {keys});
            shapes.put(
                    "values.%d.weight".formatted(i),
                    new long[] {values, layer.read().valueWidth()});
            shapes.put("values.%d.bias".formatted(i), new long[] {values});
        }
        return shapes;
    }

    private static Map<String, RowTable> stored(Path file, PredictionPlan plan, Arena scratch) {
        Map<String, StoredTensor> tensors = SafetensorsFile.open(file, scratch).tensors();
        Map<String, RowTable> tables = new LinkedHashMap<>();
        Map<String, long[]> shapes = shapes(plan);
        shapes.forEach((name, shape) -> tables.put(name, table(tensors.get(name), name, shape)));
        for (String name : new TreeSet<>(tensors.keySet())) {
            if (!shapes.containsKey(name)) {
                throw corrupt("it has a tensor %s; expected are weight and bias of keys.0 to values.%d"
                        .formatted(name, plan.layers().size() - 1));
            }
        }
        return tables;
    }

    private static RowTable table(@Nullable StoredTensor tensor, String name, long[] shape) {
        if (tensor == null) {
            throw corrupt("it has no tensor " + name);
        }
        if (!tensor.hasShape(shape)) {
            throw corrupt("tensor %s has shape %s, the models ask for %s"
                    .formatted(name, tensor.shape(), Arrays.toString(shape)));
        }
        if (tensor.type().computable().isEmpty()) {
            throw corrupt("tensor %s has elements of type %s; supported are F32, F16 and BF16"
                    .formatted(name, tensor.type()));
        }
        int columns = (int) shape[shape.length - 1];
        return tensor.table(shape.length == 1 ? 1 : (int) shape[0], columns);
    }

    private static Map<String, RowTable> random(PredictionPlan plan, Arena scratch) {
        RandomWeights weights = new RandomWeights("random maps");
        Map<String, RowTable> tables = new LinkedHashMap<>();
        shapes(plan).forEach((name, shape) -> {
            int rows = shape.length == 1 ? 1 : (int) shape[0];
            int columns = (int) shape[shape.length - 1];
            tables.put(name, weights.table(new MatrixRef(name, rows, columns), scratch));
        });
        return tables;
    }

    private static String identity(Map<String, RowTable> tables) {
        ContentDigest digest = new ContentDigest();
        tables.forEach(
                (name, table) -> digest.add(name).add(table.type().name()).addWhole(table.data()));
        return digest.hex();
    }

    private static ForetokenException corrupt(String what) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, "The file of the maps is damaged: " + what);
    }

    /** In the order of {@link PredictionPlan#layers}. */
    public List<Maps> layers() {
        return layers;
    }

    /** Equal for equal maps. */
    public String identity() {
        return identity;
    }

    /** Memory held. */
    public long bytes() {
        return layers.stream()
                .mapToLong(maps -> maps.keys().bytes()
                        + maps.keyBias().byteSize()
                        + maps.values().bytes()
                        + maps.valueBias().byteSize())
                .sum();
    }

    @Override
    public void close() {
        arena.close();
    }
}
