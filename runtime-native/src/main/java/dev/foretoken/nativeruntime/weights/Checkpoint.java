package dev.foretoken.nativeruntime.weights;

import static dev.foretoken.nativeruntime.weights.stored.StoredTensors.corrupt;
import static dev.foretoken.nativeruntime.weights.stored.StoredTensors.unsupported;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.PlaceRef;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.stored.LocatedMatrix;
import dev.foretoken.nativeruntime.weights.stored.StoredEncoding;
import dev.foretoken.nativeruntime.weights.stored.StoredForm;
import dev.foretoken.nativeruntime.weights.stored.StoredMatrix;
import dev.foretoken.nativeruntime.weights.stored.StoredPlaces;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import dev.foretoken.nativeruntime.weights.stored.StoredTensors;
import dev.foretoken.nativeruntime.weights.stored.ViewedMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Hugging Face checkpoint directory: {@code config.json} and one or several safetensors files, mapped until closed. */
public final class Checkpoint implements WeightSource {

    private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d{1,6})\\.");

    private final Arena arena;
    private final byte[] config;
    private final StoredEncoding encoding;
    private final List<SafetensorsFile> files;
    private final List<Object> origin = new ArrayList<>();
    private final Map<String, TensorOrigin> origins = new HashMap<>();
    private final Map<String, String> fileOf = new HashMap<>();
    private final Map<String, StoredTensor> tensors = new HashMap<>();

    private Checkpoint(Arena arena, CheckpointFiles directory, Function<byte[], StoredEncoding> encodings) {
        this.arena = arena;
        this.config = directory.config();
        this.encoding = encodings.apply(config.clone());
        Map<String, String> index = directory.index();
        Set<String> names = index.isEmpty() ? Set.of(CheckpointFiles.SINGLE) : new TreeSet<>(index.values());
        this.files = names.stream()
                .map(name -> SafetensorsFile.open(directory.resolve(name), arena))
                .toList();
        origin.add(new ContentDigest().add(config).hex());
        files.forEach(file -> origin.addAll(file.stamps()));
        files.forEach(this::add);
        index.forEach(this::requireWhereIndexSays);
    }

    /**
     * Opens and checks all headers; reads no weights.
     *
     * @param encodings how matrices are stored, by the bytes of {@code config.json}
     * @throws ForetokenException MODEL_FILE_CORRUPT, and what {@code encodings} throws
     */
    public static Checkpoint open(Path directory, Function<byte[], StoredEncoding> encodings) {
        Arena arena = Arena.ofShared();
        try {
            return new Checkpoint(arena, new CheckpointFiles(directory), encodings);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private void add(SafetensorsFile file) {
        for (String tensor : file.tensors().keySet()) {
            String other = fileOf.putIfAbsent(tensor, file.name());
            if (other != null) {
                throw corrupt("tensor %s is in two files, %s and %s".formatted(tensor, other, file.name()));
            }
        }
        tensors.putAll(file.tensors());
        origins.putAll(file.origins());
    }

    private void requireWhereIndexSays(String tensor, String file) {
        String found = fileOf.get(tensor);
        if (!file.equals(found)) {
            throw corrupt("the index says that tensor %s is in %s, but it is %s"
                    .formatted(tensor, file, found == null ? "in no file" : "in " + found));
        }
    }

    /** The bytes of {@code config.json}. */
    public byte[] config() {
        return config.clone();
    }

    /** Every tensor, by name; mapped until the checkpoint is closed. */
    public SortedMap<String, StoredTensor> tensors() {
        return new TreeMap<>(tensors);
    }

    public boolean has(String tensor) {
        return tensors.containsKey(tensor);
    }

    @Override
    public void requireAllOf(ModelPlan plan) {
        StoredTensors looked = new StoredTensors(tensors);
        plan.matrices().forEach(ref -> locate(ref, looked));
        plan.vectors().forEach(ref -> looked.requireFloats(ref.tensor(), ref.shape()));
        plan.places().forEach(ref -> looked.require(ref.tensor(), ref.storedRows(), ref.terms()));
        TensorUse.requireAll(plan);
        Set<String> expected = looked.found();
        for (String name : new TreeSet<>(tensors.keySet())) {
            if (!expected.contains(name) && !ignorable(name, plan)) {
                throw unsupported(
                        "tensor %s is in the checkpoint, but a %s model with this config.json has no such weight"
                                .formatted(name, plan.architecture()));
            }
        }
    }

    /** Frequencies and masks that old exports stored, a copy of a tied head, layers that predict further tokens, and old quantizers' zeros. */
    private boolean ignorable(String name, ModelPlan plan) {
        return name.endsWith(".rotary_emb.inv_freq")
                || name.endsWith(".attn.masked_bias")
                || (name.endsWith(".attn.bias") && tensors.get(name).shape().size() == 4)
                || (plan.tied() && name.equals("lm_head.weight"))
                || (plan.architecture().equals("qwen3_next") && name.startsWith("mtp."))
                || (plan.architecture().equals("deepseek_v3") && isBehindLayers(name, plan))
                || (name.endsWith("_proj.bias") && isZero(tensors.get(name).data()));
    }

    /** Of a layer that predicts further tokens: their numbers follow those of the plan's. */
    private static boolean isBehindLayers(String name, ModelPlan plan) {
        Matcher layer = LAYER.matcher(name);
        return layer.lookingAt()
                && Integer.parseInt(layer.group(1)) >= plan.attentions().size();
    }

    private static boolean isZero(MemorySegment data) {
        long rest = data.byteSize() - 1;
        return rest < 0
                || (data.get(ValueLayout.JAVA_BYTE, 0) == 0 && data.asSlice(1).mismatch(data.asSlice(0, rest)) < 0);
    }

    private LocatedMatrix locate(MatrixRef ref, StoredTensors looked) {
        Optional<StoredTensor> plain = looked.find(ref.tensor());
        if (plain.isEmpty() || plain.get().type().computable().isEmpty()) {
            ViewedMatrix.requireRowsOrColumns(ref);
            return encoding.locate(ref.whole(), looked).viewed(ref);
        }
        StoredTensor tensor = looked.requireFloats(ref.tensor(), ref.shape());
        MatrixRef whole = ref.whole();
        return new LocatedMatrix(
                        List.of(tensor),
                        scratch -> new StoredMatrix.Floats(tensor.table(whole.rows(), whole.columns())))
                .viewed(ref);
    }

    @Override
    public StoredMatrix matrix(MatrixRef ref, Arena scratch) {
        return locate(ref, new StoredTensors(tensors)).content().apply(scratch);
    }

    @Override
    public StoredForm form(MatrixRef ref) {
        StoredTensor plain = tensors.get(ref.tensor());
        if (plain != null && plain.type().computable().isPresent()) {
            return new StoredForm.Floats(plain.floats());
        }
        try (Arena scratch = Arena.ofShared()) {
            return StoredForm.of(encoding.locate(ref.whole(), new StoredTensors(tensors))
                            .content()
                            .apply(scratch))
                    .viewed(ref);
        }
    }

    @Override
    public MemorySegment vector(VectorRef ref, Arena target) {
        return vector(new StoredTensors(tensors).requireFloats(ref.tensor(), ref.shape()), ref, target);
    }

    static MemorySegment vector(StoredTensor tensor, VectorRef ref, Arena target) {
        MemorySegment floats = target.allocate((long) ref.size() * Float.BYTES, 64);
        for (int i = 0; i < ref.size(); i++) {
            float value = tensor.floats().load(tensor.data(), ref.storedIndex(i));
            FloatType.F32.store(floats, i, value + ref.plus());
        }
        return floats;
    }

    @Override
    public MemorySegment places(PlaceRef ref, Arena arena) {
        StoredTensor tensor = new StoredTensors(tensors).require(ref.tensor(), ref.storedRows(), ref.terms());
        return StoredPlaces.read(tensor, ref, arena);
    }

    @Override
    public long bytes(MatrixRef ref) {
        double whole = locate(ref, new StoredTensors(tensors)).bytes();
        return (long) (whole * ref.elements() / ref.storedElements());
    }

    @Override
    public long bytes(PlaceRef ref) {
        StoredTensor tensor = new StoredTensors(tensors).require(ref.tensor(), ref.storedRows(), ref.terms());
        return tensor.data().byteSize() / ref.storedRows() * ref.rows();
    }

    /** What is read as it is stored depends on its own bytes alone; what is decoded, on other tensors and the configuration. */
    @Override
    public Object origin(String tensor) {
        StoredTensor found = tensors.get(tensor);
        boolean plain = found != null && found.type().computable().isPresent();
        return plain ? Objects.requireNonNull(origins.get(tensor)) : origin;
    }

    @Override
    public void release() {
        files.forEach(SafetensorsFile::release);
    }

    /** Covers configuration, file lengths, headers, and the first bytes of every tensor: equal for equal files, not proof of equality. */
    @Override
    public String identity() {
        ContentDigest digest = new ContentDigest().add(config);
        files.forEach(file -> file.addTo(digest));
        return digest.hex();
    }

    @Override
    public void close() {
        arena.close();
    }
}
