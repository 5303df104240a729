package dev.foretoken.nativeruntime.weights;

import dev.foretoken.registry.parts.PartList;
import dev.foretoken.registry.safetensors.SafetensorsHeader;
import dev.foretoken.registry.safetensors.TensorEntry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

/** Writes folders in which safetensors files are in parts: the header, and each tensor by itself. Equal parts are one file with many links. */
public final class SplitCheckpoint {

    private final Path blobs;

    /** {@code blobs}: folder of the parts, on the same file system as everything that is written. */
    public SplitCheckpoint(Path blobs) {
        this.blobs = blobs;
    }

    /** Links the files of {@code from} into {@code to}; its folders too. */
    public Path write(Path from, Path to) {
        try (var files = Files.walk(from)) {
            for (Path file : files.sorted(Comparator.naturalOrder()).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (file.toString().endsWith(SafetensorsHeader.SUFFIX)) {
                    split(file, target);
                } else {
                    link(Files.readAllBytes(file), target);
                }
            }
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void split(Path file, Path target) throws IOException {
        Path folder = Files.createDirectories(target.resolveSibling(PartList.FOLDER));
        List<PartList.Part> parts = new ArrayList<>();
        byte[] all = Files.readAllBytes(file);
        ByteArrayInputStream in = new ByteArrayInputStream(all);
        for (int length : lengths(file, all.length)) {
            byte[] bytes = in.readNBytes(length);
            PartList.Part part = new PartList.Part(hex(bytes), length);
            parts.add(part);
            if (!Files.exists(part.in(target.getParent()))) {
                link(bytes, folder.resolve(part.hex()));
            }
        }
        PartList list = new PartList(all.length, "sha256:" + hex(all), parts);
        Files.write(PartList.besides(target), list.json());
    }

    private static List<Integer> lengths(Path file, int size) throws IOException {
        TreeSet<Long> cuts = new TreeSet<>(List.of(0L, (long) size));
        try (FileChannel channel = FileChannel.open(file)) {
            SafetensorsHeader header = SafetensorsHeader.read("x", channel, size);
            for (TensorEntry tensor : header.tensors().values()) {
                cuts.add(header.dataStart() + tensor.begin());
            }
        }
        List<Integer> lengths = new ArrayList<>();
        for (long cut : cuts) {
            if (cut < size) {
                lengths.add((int) (cuts.higher(cut) - cut));
            }
        }
        return lengths;
    }

    private void link(byte[] bytes, Path target) throws IOException {
        Files.createDirectories(blobs);
        Path blob = blobs.resolve(hex(bytes));
        if (!Files.exists(blob)) {
            Files.write(blob, bytes);
        }
        Files.createLink(target, blob);
    }

    static String hex(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
