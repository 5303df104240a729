package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.kernels.layout.ChannelPanels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A Hugging Face checkpoint directory: {@code config.json} and one or several safetensors files, mapped until closed. */
public final class Checkpoint implements WeightSource {

    private record Located(SafetensorsFile file, Tensor tensor) {}

    private final Arena arena;
    private final byte[] config;
    private final List<SafetensorsFile> files;
    private final Map<String, Located> tensors = new HashMap<>();

    private Checkpoint(Arena arena, CheckpointFiles directory) {
        this.arena = arena;
        this.config = directory.config();
        Map<String, String> index = directory.index();
        Set<String> names = index.isEmpty() ? Set.of(CheckpointFiles.SINGLE) : new TreeSet<>(index.values());
        this.files = names.stream()
                .map(name -> SafetensorsFile.open(directory.resolve(name), arena))
                .toList();
        files.forEach(this::add);
        index.forEach(this::requireWhereIndexSays);
    }

    /**
     * Opens and checks all headers; reads no weights.
     *
     * @throws ForetokenException MODEL_FILE_CORRUPT
     */
    public static Checkpoint open(Path directory) {
        Arena arena = Arena.ofShared();
        try {
            return new Checkpoint(arena, new CheckpointFiles(directory));
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private void add(SafetensorsFile file) {
        for (Tensor tensor : file.tensors().values()) {
            Located other = tensors.putIfAbsent(tensor.name(), new Located(file, tensor));
            if (other != null) {
                throw corrupt("tensor %s is in two files, %s and %s"
                        .formatted(tensor.name(), other.file().name(), file.name()));
            }
        }
    }

    private void requireWhereIndexSays(String tensor, String file) {
        Located located = tensors.get(tensor);
        if (located == null || !located.file().name().equals(file)) {
            String found =
                    located == null ? "in no file" : "in " + located.file().name();
            throw corrupt("the index says that tensor %s is in %s, but it is %s".formatted(tensor, file, found));
        }
    }

    /** The bytes of {@code config.json}. */
    public byte[] config() {
        return config.clone();
    }

    @Override
    public void requireAllOf(ModelPlan plan) {
        Set<String> expected = new HashSet<>();
        for (MatrixRef ref : plan.matrices()) {
            Tensor tensor = require(ref.tensor(), ref.rows(), ref.columns());
            expected.add(ref.tensor());
            if (tensor.type() == StoredType.I8) {
                requireScales(ref);
                expected.add(scales(ref));
            } else {
                requireComputable(tensor);
            }
        }
        for (VectorRef ref : plan.vectors()) {
            requireComputable(require(ref.tensor(), ref.size()));
            expected.add(ref.tensor());
        }
        for (String name : new TreeSet<>(tensors.keySet())) {
            if (!expected.contains(name) && !ignorable(name, plan)) {
                throw unsupported(
                        "tensor %s is in the checkpoint, but a %s model with this config.json has no such weight"
                                .formatted(name, plan.architecture()));
            }
        }
    }

    /** Frequencies that old exports stored, and a copy of a tied head. */
    private static boolean ignorable(String name, ModelPlan plan) {
        return name.endsWith(".rotary_emb.inv_freq") || (plan.tied() && name.equals("lm_head.weight"));
    }

    private Tensor require(String name, long... shape) {
        Located located = tensors.get(name);
        if (located == null) {
            throw corrupt("tensor %s of shape %s is missing".formatted(name, Arrays.toString(shape)));
        }
        Tensor tensor = located.tensor();
        if (!tensor.hasShape(shape)) {
            throw corrupt("tensor %s has shape %s, config.json asks for %s"
                    .formatted(name, tensor.shape(), Arrays.toString(shape)));
        }
        return tensor;
    }

    private static void requireComputable(Tensor tensor) {
        if (tensor.type().computable().isEmpty()) {
            throw unsupported("tensor %s has elements of type %s; supported are F32, F16 and BF16"
                    .formatted(tensor.name(), tensor.type()));
        }
    }

    /** An int8 matrix comes with a scale for each of its rows. */
    private void requireScales(MatrixRef ref) {
        if (ref.columns() > ChannelPanels.MAX_COLUMNS) {
            throw unsupported("tensor %s has elements of type I8 and %d columns; supported are %d"
                    .formatted(ref.tensor(), ref.columns(), ChannelPanels.MAX_COLUMNS));
        }
        requireComputable(require(scales(ref), ref.rows(), 1));
    }

    private static String scales(MatrixRef ref) {
        return ref.tensor() + "_scale";
    }

    @Override
    public StoredMatrix matrix(MatrixRef ref, Arena scratch) {
        Located located = located(ref.tensor());
        if (located.tensor().type() == StoredType.I8) {
            return new StoredMatrix.Channels(channels(ref, located));
        }
        return new StoredMatrix.Floats(
                new RowTable(type(located), located.file().bytesOf(located.tensor()), ref.rows(), ref.columns()));
    }

    private StoredChannels channels(MatrixRef ref, Located located) {
        Located scales = located(scales(ref));
        RowTable table = new RowTable(type(scales), scales.file().bytesOf(scales.tensor()), ref.rows(), 1);
        return new StoredChannels(located.file().bytesOf(located.tensor()), table, ref.rows(), ref.columns());
    }

    @Override
    public MemorySegment vector(VectorRef ref, Arena target) {
        Located located = located(ref.tensor());
        MemorySegment stored = located.file().bytesOf(located.tensor());
        MemorySegment floats = target.allocate((long) ref.size() * Float.BYTES, 64);
        for (int i = 0; i < ref.size(); i++) {
            FloatType.F32.store(floats, i, type(located).load(stored, i));
        }
        return floats;
    }

    @Override
    public long bytes(MatrixRef ref) {
        return located(ref.tensor()).tensor().bytes();
    }

    @Override
    public void release() {
        files.forEach(file -> file.data().unload());
    }

    /** Covers configuration, file lengths, headers, and the first bytes of every tensor: equal for equal files, not proof of equality. */
    @Override
    public String identity() {
        ContentDigest digest = new ContentDigest().add(config);
        for (SafetensorsFile file : files) {
            digest.add(file.header()).add(file.data().byteSize());
            file.tensors().values().forEach(tensor -> digest.addStart(file.bytesOf(tensor)));
        }
        return digest.hex();
    }

    private Located located(String name) {
        Located located = tensors.get(name);
        if (located == null) {
            throw corrupt("tensor %s is missing".formatted(name));
        }
        return located;
    }

    private static FloatType type(Located located) {
        return located.tensor().type().computable().orElseThrow();
    }

    private static ForetokenException corrupt(String what) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, "The checkpoint is damaged: " + what);
    }

    private static ForetokenException unsupported(String what) {
        return new ForetokenException(ErrorCode.MODEL_UNSUPPORTED, "The checkpoint is not supported: " + what);
    }

    @Override
    public void close() {
        arena.close();
    }
}
