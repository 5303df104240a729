package dev.foretoken.nativeruntime.build;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Supplier;

/**
 * Numbers of stages that a build has finished, in its scratch folder: an interrupted build takes them from there and goes on.
 *
 * @param scratch that only builds of one order see
 */
public record Finished(Path scratch) {

    public boolean has(String stage) {
        return Files.isRegularFile(path(stage));
    }

    /** What the stage gave, now or before. */
    public double[] numbers(String stage, Supplier<double[]> compute) {
        if (has(stage)) {
            ByteBuffer bytes = read(stage);
            double[] found = new double[bytes.remaining() / Double.BYTES];
            bytes.asDoubleBuffer().get(found);
            return found;
        }
        double[] made = compute.get();
        ByteBuffer bytes = buffer((long) made.length * Double.BYTES);
        bytes.asDoubleBuffer().put(made);
        write(stage, bytes);
        return made;
    }

    /** As {@link #numbers}. */
    public float[] floats(String stage, Supplier<float[]> compute) {
        if (has(stage)) {
            ByteBuffer bytes = read(stage);
            float[] found = new float[bytes.remaining() / Float.BYTES];
            bytes.asFloatBuffer().get(found);
            return found;
        }
        float[] made = compute.get();
        ByteBuffer bytes = buffer((long) made.length * Float.BYTES);
        bytes.asFloatBuffer().put(made);
        write(stage, bytes);
        return made;
    }

    private Path path(String stage) {
        return scratch.resolve(stage + ".numbers");
    }

    private static ByteBuffer buffer(long bytes) {
        return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer read(String stage) {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(path(stage))).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw failed("read", e);
        }
    }

    /** A stage is there when all of it is. */
    private void write(String stage, ByteBuffer bytes) {
        Path partial = scratch.resolve(stage + ".partial");
        try {
            Files.write(partial, bytes.array());
            Files.move(partial, path(stage), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failed("written", e);
        }
    }

    private static ForetokenException failed(String what, IOException cause) {
        return new ForetokenException(
                ErrorCode.CONFIG_INVALID,
                "what the build has finished cannot be %s: %s".formatted(what, cause.getMessage()),
                cause);
    }
}
