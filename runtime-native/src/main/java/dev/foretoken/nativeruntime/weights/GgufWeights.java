package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.PlaceRef;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.ggml.GgmlRows;
import dev.foretoken.nativeruntime.weights.ggml.HeadRows;
import dev.foretoken.nativeruntime.weights.stored.StoredForm;
import dev.foretoken.nativeruntime.weights.stored.StoredMatrix;
import dev.foretoken.nativeruntime.weights.stored.ViewedMatrix;
import dev.foretoken.registry.gguf.GgmlType;
import dev.foretoken.registry.gguf.GgufFile;
import dev.foretoken.registry.gguf.GgufTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The tensors of a GGUF file, mapped until closed. Plain rows are used where they lie, encoded ones decoded as they are packed. */
public final class GgufWeights implements WeightSource {

    private static final String SUPPORTED =
            "F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q2_K to Q6_K, IQ4_NL, IQ4_XS and MXFP4";

    private final GgufFile file;
    private final Map<String, Integer> interleaved;
    private final Object origin;

    /**
     * Owns the file from here on.
     *
     * @param interleaved head size of every tensor whose heads are stored with interleaved halves
     */
    public GgufWeights(GgufFile file, Map<String, Integer> interleaved) {
        this.origin = file.paths().stream().map(FileStamp::of).toList();
        this.file = file;
        this.interleaved = Map.copyOf(interleaved);
    }

    @Override
    public void requireAllOf(ModelPlan plan) {
        Set<String> expected = new HashSet<>();
        for (MatrixRef ref : plan.matrices()) {
            requireMatrix(ref);
            expected.add(ref.tensor());
        }
        for (VectorRef ref : plan.vectors()) {
            requireVector(ref);
            expected.add(ref.tensor());
        }
        TensorUse.requireAll(plan);
        for (String name : file.tensors().keySet()) {
            if (!expected.contains(name) && !ofPositions(name) && !ofFurtherTokens(name)) {
                throw unsupported("tensor %s is in the file, but a %s model with this metadata has no such weight"
                        .formatted(name, plan.architecture()));
            }
        }
    }

    /** Divisors of rotary frequencies, which the plan has taken in, and tables that old converters wrote. */
    private static boolean ofPositions(String name) {
        return name.endsWith("rope_freqs.weight")
                || name.startsWith("rope_factors_")
                || name.endsWith(".attn_rot_embd.weight");
    }

    /** Blocks behind the last, which predict more than one token. */
    private boolean ofFurtherTokens(String name) {
        String architecture = file.metadata().text("general.architecture").orElse("");
        int all = file.metadata().integer(architecture + ".block_count", 0, 1 << 16, 0);
        int further = file.metadata().integer(architecture + ".nextn_predict_layers", 0, all, 0);
        for (int block = all - further; block < all; block++) {
            if (name.startsWith("blk." + block + ".")) {
                return true;
            }
        }
        return false;
    }

    private void requireMatrix(MatrixRef ref) {
        GgufTensor tensor = tensor(ref.tensor());
        requireShape(tensor, ref.shape());
        if (computable(tensor.type()).isEmpty()) {
            if (!GgmlRows.reads(tensor.type())) {
                throw wrongType(tensor, SUPPORTED);
            }
            ViewedMatrix.requireRowsOrColumns(ref);
        }
    }

    private void requireVector(VectorRef ref) {
        GgufTensor tensor = tensor(ref.tensor());
        requireShape(tensor, ref.shape());
        if (computable(tensor.type()).isEmpty()) {
            throw wrongType(tensor, "F32, F16 and BF16");
        }
    }

    private void requireShape(GgufTensor tensor, List<Long> shape) {
        if (!tensor.dimensions().equals(shape.reversed())) {
            throw corrupt("tensor %s has the dimensions %s, the metadata ask for %s"
                    .formatted(tensor.name(), tensor.dimensions(), shape.reversed()));
        }
    }

    private static Optional<FloatType> computable(GgmlType type) {
        return switch (type) {
            case F32 -> Optional.of(FloatType.F32);
            case F16 -> Optional.of(FloatType.F16);
            case BF16 -> Optional.of(FloatType.BF16);
            default -> Optional.empty(); // encoded, or no number a weight is made of
        };
    }

    @Override
    public StoredMatrix matrix(MatrixRef ref, Arena scratch) {
        return ViewedMatrix.of(whole(ref.whole(), scratch), ref, scratch);
    }

    private StoredMatrix whole(MatrixRef ref, Arena scratch) {
        GgufTensor tensor = tensor(ref.tensor());
        HeadRows order = order(ref.tensor());
        MemorySegment data = file.bytesOf(tensor);
        Optional<FloatType> type = computable(tensor.type());
        if (type.isEmpty()) {
            return new StoredMatrix.Blocks(GgmlRows.of(tensor.type(), data, ref.rows(), ref.columns(), order));
        }
        MemorySegment rows = order.equals(HeadRows.IN_ORDER) ? data : reordered(data, ref.rows(), order, scratch);
        return new StoredMatrix.Floats(new RowTable(type.get(), rows, ref.rows(), ref.columns()));
    }

    @Override
    public StoredForm form(MatrixRef ref) {
        GgufTensor tensor = tensor(ref.tensor());
        MatrixRef whole = ref.whole();
        return computable(tensor.type())
                .<StoredForm>map(StoredForm.Floats::new)
                .orElseGet(() -> new StoredForm.Blocks(
                        GgmlRows.of(
                                        tensor.type(),
                                        file.bytesOf(tensor),
                                        whole.rows(),
                                        whole.columns(),
                                        order(ref.tensor()))
                                .format(),
                        false))
                .viewed(ref);
    }

    private HeadRows order(String tensor) {
        Integer headDim = interleaved.get(tensor);
        return headDim == null ? HeadRows.IN_ORDER : new HeadRows(headDim);
    }

    private static MemorySegment reordered(MemorySegment data, int rows, HeadRows order, Arena arena) {
        long rowBytes = data.byteSize() / rows;
        MemorySegment copy = arena.allocate(data.byteSize(), 64);
        for (int row = 0; row < rows; row++) {
            MemorySegment.copy(data, order.stored(row) * rowBytes, copy, row * rowBytes, rowBytes);
        }
        return copy;
    }

    @Override
    public MemorySegment vector(VectorRef ref, Arena arena) {
        GgufTensor tensor = tensor(ref.tensor());
        FloatType type = computable(tensor.type()).orElseThrow();
        HeadRows order = order(ref.tensor());
        MemorySegment stored = file.bytesOf(tensor);
        MemorySegment floats = arena.allocate((long) ref.size() * Float.BYTES, 64);
        for (int i = 0; i < ref.size(); i++) {
            float value = type.load(stored, order.stored((int) ref.storedIndex(i)));
            FloatType.F32.store(floats, i, value + ref.plus());
        }
        return floats;
    }

    @Override
    public MemorySegment places(PlaceRef ref, Arena arena) {
        throw withoutPlaces(ref);
    }

    private ForetokenException withoutPlaces(PlaceRef ref) {
        return unsupported("a GGUF file has no tensor of whole numbers such as %s".formatted(ref.tensor()));
    }

    @Override
    public long bytes(MatrixRef ref) {
        double whole = tensor(ref.tensor()).bytes();
        return (long) (whole * ref.elements() / ref.storedElements());
    }

    @Override
    public long bytes(PlaceRef ref) {
        throw withoutPlaces(ref);
    }

    @Override
    public Object origin(String tensor) {
        return origin;
    }

    @Override
    public void release() {
        file.release();
    }

    /** Covers the header, the file's length, and the first bytes of every tensor: equal for equal files, not proof of equality. */
    @Override
    public String identity() {
        ContentDigest digest = new ContentDigest();
        file.headers().forEach(digest::addWhole);
        digest.add(file.size());
        file.tensors().values().forEach(tensor -> digest.addStart(file.bytesOf(tensor)));
        return digest.hex();
    }

    private GgufTensor tensor(String name) {
        return file.tensor(name).orElseThrow(() -> corrupt("tensor %s is missing".formatted(name)));
    }

    private ForetokenException wrongType(GgufTensor tensor, String supported) {
        return unsupported("tensor %s has elements of type %s; supported are %s"
                .formatted(tensor.name(), tensor.type(), supported));
    }

    private ForetokenException corrupt(String what) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, file.name() + " is damaged: " + what);
    }

    private ForetokenException unsupported(String what) {
        return new ForetokenException(ErrorCode.MODEL_UNSUPPORTED, file.name() + " is not supported: " + what);
    }

    @Override
    public void close() {
        file.close();
    }
}
